package dev.dragoman.training.cli;

import dev.dragoman.model.mixture.ExpertLoad;
import dev.dragoman.training.Likelihood;
import dev.dragoman.training.OpenLanguageModel;
import dev.dragoman.training.TextSample;
import dev.dragoman.training.data.Column;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.TsvCorpus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dragoman perplexity}: how well a language model predicts text. */
@Command(
        name = "perplexity",
        description = {
            "Measure a language model on text: perplexity per piece and per word, the end of a sentence counted as one of each.",
            "For each mixture layer it tells how evenly the experts were used."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PerplexityCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Option(
            names = {"-m", "--model"},
            required = true,
            paramLabel = "DIR",
            description = "Directory of a language model, such as runs/NAME/model.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    Path model;

    @Option(
            names = {"-c", "--corpus"},
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Texts, each measured by itself; UTF-8, one sentence a line.")
    List<Path> corpora = List.of();

    @Option(
            names = "--column",
            paramLabel = "COLUMN",
            description =
                    "The files are corpora of pairs (plain, .xz or .gz), of which this column is read: source or target.")
    @Nullable
    Column column;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "0",
            description = "Take the first N sentences of each file only; 0 takes all (default: ${DEFAULT-VALUE}).")
    int limit;

    @Override
    public Integer call() throws IOException {
        if (limit < 0) {
            throw new CommandException("--limit must be 0 (all) or more, but is " + limit);
        }
        PrintWriter output = Objects.requireNonNull(spec).commandLine().getOut();
        try (OpenLanguageModel open = OpenLanguageModel.open(model)) {
            for (Path corpus : corpora) {
                TextSample sample = open.sample(corpus.toString(), sentences(corpus));
                print(sample, open.likelihood(sample), output);
            }
        }
        return ExitCode.OK;
    }

    private List<String> sentences(Path file) throws IOException {
        List<String> sentences = column == null ? Files.readAllLines(file) : column(file, column);
        return limit == 0 || limit > sentences.size() ? sentences : sentences.subList(0, limit);
    }

    private static List<String> column(Path file, Column column) throws IOException {
        List<String> sentences = new ArrayList<>();
        for (SentencePair pair : TsvCorpus.readAll(file)) {
            sentences.add(column.of(pair));
        }
        return sentences;
    }

    private static void print(TextSample sample, Likelihood likelihood, PrintWriter output) {
        output.println(String.format(
                Locale.ROOT,
                "%s: %,d sentences, %,d pieces, %,d words: perplexity %.3f per piece, %.3f per word",
                sample.name(),
                sample.encoded().size(),
                likelihood.tokens(),
                sample.words(),
                Math.exp(likelihood.perToken()),
                Math.exp(likelihood.sum() / sample.words())));
        likelihood.loads().forEach((layer, load) -> print(layer, load, output));
    }

    private static void print(String layer, ExpertLoad load, PrintWriter output) {
        output.println(String.format(
                Locale.ROOT,
                "  %s: CV of importance %.3f, %.1f %% of %,d experts idle, the busiest has %.2f times the mean of rows",
                layer,
                load.importanceCv(),
                100 * load.idleShare(),
                load.rows().length,
                load.overflow()));
    }
}
