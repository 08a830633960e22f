package dev.dragoman.training.cli;

import dev.dragoman.training.Recipe;
import dev.dragoman.training.TranslationRecipe;
import dev.dragoman.training.preparation.PreparationRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dragoman prepare}: from the archives that a recipe names to a folder that training maps. */
@Command(
        name = "prepare",
        description = {
            "Fetch the text of a recipe, clean it, learn its vocabulary and encode it.",
            "May be stopped at any moment; run again, it goes on with what is missing."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PrepareCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Option(
            names = {"-r", "--recipe"},
            required = true,
            paramLabel = "FILE",
            description = "A recipe with a preparation, for example recipes/wmt14-en-de.yaml.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    Path recipeFile;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "The folder to prepare; train takes it as --data.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    Path folder;

    @Option(
            names = "--downloads",
            paramLabel = "DIR",
            description = "Folder of the archives, which several recipes may share (default: downloads in the output).")
    @Nullable
    Path downloads;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that clean and encode (default: as many as there are processors).")
    int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (threads < 1) {
            throw new CommandException("--threads must be at least 1, but is " + threads);
        }
        PrintWriter output = Objects.requireNonNull(spec).commandLine().getOut();
        if (!(Recipe.read(recipeFile) instanceof TranslationRecipe recipe)) {
            throw new CommandException(recipeFile + ": is of a language model, whose text is not prepared");
        }
        new PreparationRun(
                        recipe.preparationPlan(recipeFile),
                        folder,
                        downloads == null ? folder.resolve("downloads") : downloads,
                        threads,
                        output::println)
                .run();
        return ExitCode.OK;
    }
}
