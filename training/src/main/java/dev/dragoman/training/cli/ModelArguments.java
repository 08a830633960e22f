package dev.dragoman.training.cli;

import dev.dragoman.inference.LanguagePair;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name a model and one of its directions. */
final class ModelArguments {
    @Option(
            names = {"-m", "--model"},
            paramLabel = "DIR",
            defaultValue = "${sys:dragoman.home:-.}/pretrained",
            description = "Model directory (default: the model that comes with Dragoman).")
    Path model = Path.of("pretrained");

    @Option(
            names = {"-s", "--source"},
            paramLabel = "CODE",
            description = "Source language, such as en; may be left out if the model leaves no choice.")
    @Nullable
    String source;

    @Option(
            names = {"-t", "--target"},
            paramLabel = "CODE",
            description = "Target language, such as fr; may be left out if the model leaves no choice.")
    @Nullable
    String target;

    /**
     * The only direction that fits the options.
     *
     * @throws CommandException if none or several fit; the message lists what the model serves
     */
    LanguagePair direction(Collection<LanguagePair> served) {
        List<LanguagePair> fitting = served.stream()
                .filter(pair -> source == null || source.equals(pair.source()))
                .filter(pair -> target == null || target.equals(pair.target()))
                .toList();
        if (fitting.size() != 1) {
            throw new CommandException((fitting.isEmpty() ? "no direction fits" : "several directions fit")
                    + " --source " + (source == null ? "(any)" : source)
                    + " --target " + (target == null ? "(any)" : target)
                    + "; the model serves " + served);
        }
        return fitting.get(0);
    }
}
