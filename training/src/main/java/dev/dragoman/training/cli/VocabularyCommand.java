package dev.dragoman.training.cli;

import dev.dragoman.tokenizer.Vocabulary;
import dev.dragoman.tokenizer.VocabularyOptions;
import dev.dragoman.tokenizer.VocabularyTrainer;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.TsvCorpus;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** {@code dragoman vocabulary}: a SentencePiece model from both sides of corpora. */
@Command(
        name = "vocabulary",
        description = "Learn the pieces of a language pair from both sides of corpora, with SentencePiece's spm_train.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class VocabularyCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Option(
            names = {"-c", "--corpus"},
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Corpora: source, target, tab-separated; plain, .xz or .gz.")
    List<Path> corpora = List.of();

    @Option(
            names = "--size",
            paramLabel = "N",
            defaultValue = "8000",
            description = "Number of pieces (default: ${DEFAULT-VALUE}).")
    int size;

    @Option(
            names = {"--control-symbols", "--control-pieces"},
            split = ",",
            paramLabel = "<name>",
            description =
                    "Marks without text, separated by commas, such as <2fr>,<2de>: the target languages of one model.")
    List<String> controlPieces = List.of();

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The model file to write, for example pieces.model.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    Path output;

    @Option(
            names = "--sentences",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Learn from at most N sentences, a fixed random choice; 0 takes all (default: ${DEFAULT-VALUE}).")
    int sentences;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show what spm_train writes.")
    boolean verbose;

    @Override
    public Integer call() throws IOException, InterruptedException {
        VocabularyOptions options = options();
        PrintWriter results = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter errors = Objects.requireNonNull(spec).commandLine().getErr();
        long begin = System.nanoTime();
        Path text = Files.createTempFile("dragoman-vocabulary-", ".txt");
        try {
            long lines = extract(text, errors);
            VocabularyTrainer trainer = new VocabularyTrainer(options, verbose ? errors::println : line -> {});
            Vocabulary vocabulary = trainer.train(List.of(text), output);
            results.println(String.format(
                    Locale.ROOT,
                    "%s: %,d pieces from %,d sentences in %.0f s",
                    output,
                    vocabulary.size(),
                    lines,
                    (System.nanoTime() - begin) / 1e9));
        } finally {
            Files.deleteIfExists(text);
        }
        return ExitCode.OK;
    }

    private VocabularyOptions options() {
        try {
            return VocabularyOptions.ofSize(size)
                    .withControlPieces(controlPieces)
                    .withMaximumSentences(sentences);
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    /** Writes both sides of all corpora, one sentence a line; returns how many. */
    private long extract(Path text, PrintWriter errors) throws IOException {
        long lines = 0;
        try (BufferedWriter writer = Files.newBufferedWriter(text)) {
            for (Path file : corpora) {
                try (TsvCorpus corpus = TsvCorpus.open(file)) {
                    for (SentencePair pair = corpus.next(); pair != null; pair = corpus.next()) {
                        writer.write(pair.source() + "\n" + pair.target() + "\n");
                        lines += 2;
                    }
                    corpus.firstSkipped().forEach(line -> errors.println("left out: " + line));
                }
            }
        }
        if (lines == 0) {
            throw new CommandException("the corpora have no sentence pairs");
        }
        return lines;
    }
}
