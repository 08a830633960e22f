package dev.dragoman.training.cli;

import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.faithful.SentenceConstraints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dragoman translate}: lines in, lines out. */
@Command(
        name = "translate",
        description = "Translate the lines of the standard input, or of files, to the standard output.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class TranslateCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    ModelArguments model = new ModelArguments();

    @Mixin
    SearchArguments search = new SearchArguments();

    @Mixin
    ConstraintArguments constraints = new ConstraintArguments();

    @Option(
            names = {"-n", "--n-best"},
            paramLabel = "N",
            defaultValue = "1",
            description = {
                "How many translations of each line, at most the beam size; more than 1 are written one a line, after line number"
                        + " and score, separated by tabs (default: ${DEFAULT-VALUE})."
            })
    int nBest;

    @Option(
            names = "--whole-lines",
            description =
                    "Take each line as one sentence instead of cutting it into sentences; --n-best above 1 does so too.")
    boolean wholeLines;

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "UTF-8 text files; none for the standard input.")
    List<Path> files = List.of();

    @Override
    public Integer call() throws IOException {
        TranslationOptions options = search.options(nBest);
        SentenceConstraints required = constraints.constraints();
        try (Translator translator = Translator.open(model.model)) {
            LineTranslation translation = new LineTranslation(
                    translator,
                    model.direction(translator.languagePairs()),
                    options,
                    required,
                    !wholeLines && nBest == 1);
            CommandLine commandLine = Objects.requireNonNull(spec).commandLine();
            long untranslated = 0;
            if (files.isEmpty()) {
                BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                untranslated = translation.translate(input, commandLine.getOut(), commandLine.getErr());
            }
            for (Path file : files) {
                try (BufferedReader input = Files.newBufferedReader(file)) {
                    untranslated = translation.translate(input, commandLine.getOut(), commandLine.getErr());
                }
            }
            return untranslated == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }
}
