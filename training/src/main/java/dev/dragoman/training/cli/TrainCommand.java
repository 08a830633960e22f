package dev.dragoman.training.cli;

import dev.dragoman.training.Objective;
import dev.dragoman.training.Recipe;
import dev.dragoman.training.Trainer;
import dev.dragoman.training.data.CorpusReport;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.report.TrainingProgress;
import dev.dragoman.training.report.TrainingReporter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dragoman train}: a model by a recipe. */
@Command(
        name = "train",
        description = {
            "Train a translation model or a language model by a recipe.",
            "Ctrl-C ends the run with a checkpoint; --resume goes on from the newest one, with the numbers of an undisturbed run."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class TrainCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Option(
            names = {"-r", "--recipe"},
            required = true,
            paramLabel = "FILE",
            description = "The recipe, a commented YAML file; see recipes/.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    Path recipeFile;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DIR",
            defaultValue = ".",
            description = {
                "Folder that the recipe's corpora are relative to (default: the current one).",
                "Of a recipe with a preparation: the folder that ./dragoman prepare has made."
            })
    Path data = Path.of(".");

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = {
                "Folder of the run: checkpoints/, the newest validated model in model/, the one of the best BLEU or perplexity"
                        + " in best/, report.html for a browser, metrics.jsonl, curves.png, and events/ for TensorBoard."
            })
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    Path run;

    @Option(names = "--resume", description = "Go on from the newest checkpoint of the run.")
    boolean resume;

    @Option(
            names = "--accept-changes",
            description =
                    "Resume though recipe or text have changed so that the run will be one of neither the old nor the new.")
    boolean acceptChanges;

    @Option(
            names = "--report-every",
            paramLabel = "N",
            defaultValue = "10",
            description = "Updates in a row of metrics.jsonl (default: ${DEFAULT-VALUE}).")
    int updatesPerRow;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (updatesPerRow < 1) {
            throw new CommandException("--report-every must be at least 1, but is " + updatesPerRow);
        }
        PrintWriter output = Objects.requireNonNull(spec).commandLine().getOut();
        Recipe recipe = Recipe.read(recipeFile);
        Path pieces = recipe.piecesFile(recipeFile, data);
        int threads = Runtime.getRuntime().availableProcessors();
        try (StopOnExit stopOnExit = StopOnExit.open();
                Objective objective = recipe.open(recipeFile, data, pieces, threads)) {
            print(objective.corpus(), output);
            Trainer.Outcome outcome = train(recipe, objective, stopOnExit, output);
            output.println(words(outcome, recipe) + "; models and checkpoints are in " + run);
            return ExitCode.OK;
        }
    }

    private static String words(Trainer.Outcome outcome, Recipe recipe) {
        return switch (outcome) {
            case COMPLETE -> "complete";
            case NO_BETTER -> "ended: no better score in " + recipe.training().patience() + " validations";
            case STOPPED -> "stopped";
        };
    }

    private Trainer.Outcome train(Recipe recipe, Objective objective, StopOnExit stopOnExit, PrintWriter output)
            throws IOException, InterruptedException {
        try (TrainingReporter reporter =
                        new TrainingReporter(run, recipe.name(), updatesPerRow, TrainingProgress::onStandardOutput);
                Trainer trainer = open(recipe, objective, reporter)) {
            output.println(String.format(
                    Locale.ROOT,
                    "%s: %,d parameters, update %,d of %,d",
                    recipe.name(),
                    trainer.parameters(),
                    trainer.state().update(),
                    recipe.training().updates()));
            trainer.changes().forEach(change -> output.println("changed: " + change));
            stopOnExit.with(trainer::stop);
            return trainer.train();
        }
    }

    private Trainer open(Recipe recipe, Objective objective, TrainingReporter reporter) throws IOException {
        try {
            return resume
                    ? Trainer.resume(recipe, objective, run, reporter, acceptChanges)
                    : Trainer.start(recipe, objective, run, reporter);
        } catch (IllegalStateException e) {
            throw new CommandException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    private static void print(EncodedCorpus corpus, PrintWriter output) {
        for (CorpusReport report : corpus.reports()) {
            output.println(report);
            report.examples().forEach(example -> output.println("  " + example));
        }
    }
}
