package dev.dragoman.benchmark;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.ModelDecoderSession;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.search.BatchSearch;
import dev.dragoman.inference.search.SearchOptions;
import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.cpu.CpuCeilings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code single}: how long one sentence takes that has the machine to itself. */
@Command(
        name = "single",
        description =
                "One sentence at a time, by the library without HTTP: of random pieces by the network of Shazeer et al. 2017, appendix E,"
                        + " beside its floor, and English ones by a real model.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SingleSentences implements Callable<Integer> {
    private static final int VOCABULARY = PaperOptions.VOCABULARY;
    private static final int EXPERTS = PaperOptions.EXPERTS;
    private static final int BOS = 2;
    /** No piece: translations end at their length and not before. */
    private static final int NO_END = -1;
    /** Pieces of a word, as in English text with a vocabulary of this size. */
    private static final double PIECES_PER_WORD = 1.3;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--words",
            split = ",",
            paramLabel = "N",
            defaultValue = "5,25,60",
            description = "Lengths of the sentences (default: ${DEFAULT-VALUE}).")
    List<Integer> words = List.of();

    @Option(
            names = "--beam",
            split = ",",
            paramLabel = "W",
            defaultValue = "1,4",
            description = "Beam sizes (default: ${DEFAULT-VALUE}).")
    List<Integer> beams = List.of();

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "100",
            description =
                    "Sentences of each length, after a fifth as many that do not count (default: ${DEFAULT-VALUE}).")
    int count = 100;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            defaultValue = "pretrained",
            description =
                    "The real model, whose pieces and languages the other one has as well (default: ${DEFAULT-VALUE}).")
    Path model = Path.of("pretrained");

    @Option(
            names = "--sentences",
            paramLabel = "FILE",
            description =
                    "English sentences, one a line or in the first column of a TSV, also .xz; words of one after the other make the lengths;"
                            + " by default strings of programs that come with the benchmark.")
    @Nullable
    Path sentences;

    @Override
    public Integer call() throws IOException {
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "single", Rounds.Clock.WALL);
        random(report);
        real(report);
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    /** Seconds of each call but the first ones, in ascending order. */
    private double[] seconds(Runnable call) {
        for (int i = 0; i < 1 + count / 5; i++) {
            call.run();
        }
        double[] seconds = new double[count];
        for (int i = 0; i < count; i++) {
            seconds[i] = Rounds.Clock.WALL.time(call);
        }
        Arrays.sort(seconds);
        return seconds;
    }

    private static double percentile(double[] sorted, double share) {
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    private void random(Report report) throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.in(options.output)) {
            PaperModel.write(folder.path(), model, Form.RECURRENT, EXPERTS, VOCABULARY, false);
            try (TranslationModel kernels = DecoderSteps.open(folder.path(), "auto", options.threads)) {
                CpuCeilings ceilings = PaperOptions.ceilings(
                        report,
                        kernels.computedBy(),
                        "auto",
                        PaperModel.decoderBytes(VOCABULARY, EXPERTS) + PaperModel.expertBytes(EXPERTS, 1),
                        options.threads);
                Report.Table table = report.table(
                        "random pieces, the paper's network, " + kernels.computedBy(),
                        "words",
                        "pieces in and out",
                        "beam",
                        "p50, ms",
                        "p99, ms",
                        "floor, ms",
                        "times the floor at p50");
                Random random = new Random(3);
                for (int length : words) {
                    int tokens = (int) Math.round(PIECES_PER_WORD * length);
                    for (int beam : beams) {
                        double[] seconds = seconds(() -> translate(kernels, random, tokens, beam));
                        double floor = floor(ceilings, tokens, beam);
                        table.row(
                                String.valueOf(length),
                                String.valueOf(tokens),
                                String.valueOf(beam),
                                Figures.milliseconds(percentile(seconds, 0.5)),
                                Figures.milliseconds(percentile(seconds, 0.99)),
                                Figures.milliseconds(floor),
                                Figures.of(percentile(seconds, 0.5) / floor));
                    }
                }
            }
        }
    }

    /** Of one step for each piece, of one row at first and as many as the beam has then. */
    private static double floor(CpuCeilings ceilings, int tokens, int beam) {
        return PaperModel.encoderBytes(EXPERTS, tokens) / ceilings.repeated()
                + step(ceilings, 1)
                + (tokens - 1) * step(ceilings, beam);
    }

    private static double step(CpuCeilings ceilings, int rows) {
        double operations = 2 * rows * PaperModel.multiplyAdds(VOCABULARY, EXPERTS) / ceilings.operations();
        double bytes = PaperModel.decoderBytes(VOCABULARY, EXPERTS) + PaperModel.expertBytes(EXPERTS, rows);
        return Math.max(operations, bytes / ceilings.repeated());
    }

    private static void translate(TranslationModel model, Random random, int tokens, int beam) {
        BatchSearch search = new BatchSearch(
                () -> new ModelDecoderSession(model.decode(new int[0][]), VOCABULARY),
                BOS,
                NO_END,
                Math.max(BatchSearch.DEFAULT_MAXIMUM_TOKENS, tokens * beam));
        int[][] source = {random.ints(tokens, BOS + 2, VOCABULARY).toArray()};
        int found = search.search(source, new int[] {tokens}, SearchOptions.beam(beam, 0))
                .get(0)
                .get(0)
                .ids()
                .length;
        if (found != tokens) {
            throw new BenchmarkException("a translation has " + found + " tokens instead of " + tokens);
        }
    }

    private void real(Report report) {
        LoadSentences source = LoadSentences.of(sentences);
        try (Translator translator = Translator.open(model)) {
            LanguagePair pair = translator.languagePairs().iterator().next();
            Report.Table table = report.table(
                    "sentences, the model in " + model.getFileName() + ", " + pair,
                    "words",
                    "beam",
                    "p50, ms",
                    "p99, ms",
                    "target pieces on average");
            for (int length : words) {
                for (int beam : beams) {
                    TranslationOptions search =
                            beam == 1 ? TranslationOptions.GREEDY : new TranslationOptions(beam, 1, 0.6, 0.2, 2);
                    long[] pieces = {0, 0};
                    double[] seconds = seconds(() -> {
                        pieces[0] += translator
                                .translate(List.of(ofLength(source, length)), pair, search)
                                .get(0)
                                .hypotheses()
                                .get(0)
                                .tokens();
                        pieces[1]++;
                    });
                    table.row(
                            String.valueOf(length),
                            String.valueOf(beam),
                            Figures.milliseconds(percentile(seconds, 0.5)),
                            Figures.milliseconds(percentile(seconds, 0.99)),
                            Figures.of((double) pieces[0] / pieces[1]));
                }
            }
        }
    }

    /** So many words of one sentence after the other. */
    private static String ofLength(LoadSentences source, int length) {
        List<String> all = new ArrayList<>();
        while (all.size() < length) {
            all.addAll(List.of(source.next().split("\\s+")));
        }
        return String.join(" ", all.subList(0, length));
    }
}
