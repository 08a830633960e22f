package dev.dragoman.benchmark;

import dev.dragoman.inference.ModelDecoderSession;
import dev.dragoman.inference.search.BatchSearch;
import dev.dragoman.inference.search.SearchOptions;
import dev.dragoman.inference.search.SearchSentence;
import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code corpus}: whole translations by the paper's network, encoder and search included, beside the engine and CTranslate2. */
@Command(
        name = "corpus",
        description =
                "Translates sentences of random pieces with the network of Shazeer et al. 2017, appendix E, 32 experts, 32,000 pieces,"
                        + " random weights: by native kernels in 8 bits, by the engine in float32 and, with --python, by CTranslate2 with a"
                        + " Transformer-base in 8 bits. All sources and targets have the same length.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class CorpusDecoding implements Callable<Integer> {
    private static final int VOCABULARY = 32_000;
    private static final int EXPERTS = 32;
    private static final int BOS = 2;
    /** No piece: translations end at their length and not before. */
    private static final int NO_END = -1;
    /** Pieces of the vocabulary map that CTranslate2 is given. */
    private static final int MAP = 2048;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--sentences",
            paramLabel = "N",
            defaultValue = "64",
            description = "How many are translated in a turn (default: ${DEFAULT-VALUE}).")
    int sentences = 64;

    @Option(
            names = "--tokens",
            paramLabel = "T",
            defaultValue = "27",
            description = "Of each source and each target (default: ${DEFAULT-VALUE}).")
    int tokens = 27;

    @Option(
            names = "--beam",
            split = ",",
            paramLabel = "W",
            defaultValue = "1,4",
            description = "Beam sizes (default: ${DEFAULT-VALUE}).")
    List<Integer> beams = List.of();

    @Option(names = "--python", paramLabel = "FILE", description = "A Python that has ctranslate2 and numpy.")
    @Nullable
    String python;

    @Option(
            names = "--peer-script",
            paramLabel = "FILE",
            defaultValue = "benchmark/ctranslate2_decoding.py",
            description = "The peer (default: ${DEFAULT-VALUE}).")
    Path peerScript = Path.of("benchmark/ctranslate2_decoding.py");

    @Option(
            names = "--like",
            paramLabel = "DIR",
            defaultValue = "pretrained",
            description = "A model directory whose pieces and languages are used (default: ${DEFAULT-VALUE}).")
    Path like = Path.of("pretrained");

    /** What {@code ctranslate2_decoding.py} is told. */
    record Job(int vocabulary, int sentences, int tokens, int beam, int threads, int map) {}

    /** Something that translates all sentences. */
    private record Contender(
            String name, Runnable translate, @Nullable PythonPeer peer, double[] seconds) {
        void turn(int round, Rounds.Clock clock) {
            seconds[round] = peer == null ? clock.time(translate) : peer.seconds(1, clock);
        }
    }

    @Override
    public Integer call() throws IOException {
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "corpus");
        try (TemporaryFolder folder = TemporaryFolder.in(options.output)) {
            PaperModel.write(folder.path(), like, Form.RECURRENT, EXPERTS, VOCABULARY, false);
            try (TranslationModel kernels = DecoderSteps.open(folder.path(), "auto", options.threads);
                    TranslationModel engine = DecoderSteps.open(folder.path(), "none", options.threads)) {
                for (int beam : beams) {
                    measure(report, kernels, engine, beam);
                }
            }
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    private void measure(Report report, TranslationModel kernels, TranslationModel engine, int beam) {
        List<Contender> contenders = new ArrayList<>();
        try {
            contenders.add(contender(kernels.computedBy(), () -> translate(kernels, beam, 0), null));
            contenders.add(contender(
                    kernels.computedBy() + ", shortlist of " + MAP, () -> translate(kernels, beam, MAP), null));
            contenders.add(contender(engine.computedBy() + ", float32", () -> translate(engine, beam, 0), null));
            if (python != null) {
                for (int map : new int[] {0, MAP}) {
                    PythonPeer peer = PythonPeer.start(
                            python,
                            peerScript,
                            new Job(VOCABULARY, sentences, tokens, beam, options.threads, map),
                            options.output.resolve("corpus-job.json"),
                            options.threads);
                    String name = peer.description() + (map > 0 ? ", vocabulary map of " + map : "");
                    contenders.add(contender(name, () -> {}, peer));
                }
            }
            contenders.forEach(contender -> contender.translate().run());
            for (int round = 0; round < options.rounds; round++) {
                for (Contender contender : contenders) {
                    contender.turn(round, options.clock());
                }
            }
            Report.Table table = report.table(
                    "beam " + beam,
                    "by",
                    "target tokens/s",
                    "milliseconds per sentence",
                    "kernels are so many times as fast",
                    "with the shortlist");
            for (Contender contender : contenders) {
                table.row(row(contender, contenders.get(0), contenders.get(1)));
            }
        } finally {
            contenders.forEach(contender -> {
                if (contender.peer() != null) {
                    contender.peer().close();
                }
            });
        }
    }

    private Contender contender(String name, Runnable translate, @Nullable PythonPeer peer) {
        return new Contender(name, translate, peer, new double[options.rounds]);
    }

    private String[] row(Contender contender, Contender kernels, Contender listed) {
        double seconds = Rounds.median(contender.seconds());
        return new String[] {
            contender.name(),
            Figures.of((double) sentences * tokens / seconds),
            Figures.milliseconds(seconds / sentences),
            times(kernels, contender),
            times(listed, contender)
        };
    }

    private static String times(Contender faster, Contender contender) {
        return Figures.of(
                new Rounds(Map.of("it", contender.seconds(), "faster", faster.seconds())).ratio("it", "faster"));
    }

    /** With a shortlist all sentences have the same one, as CTranslate2's map is one of the batch. */
    private void translate(TranslationModel model, int beam, int listed) {
        Random random = new Random(3);
        int[] list = listed == 0
                ? null
                : random.ints(BOS + 2, VOCABULARY)
                        .distinct()
                        .limit(listed)
                        .sorted()
                        .toArray();
        List<SearchSentence> wanted = IntStream.range(0, sentences)
                .mapToObj(i -> random.ints(tokens, BOS + 2, VOCABULARY).toArray())
                .map(source -> new SearchSentence(source, tokens, SearchOptions.beam(beam, 0), null, list))
                .toList();
        BatchSearch search = new BatchSearch(
                () -> new ModelDecoderSession(model.decode(new int[0][]), VOCABULARY),
                BOS,
                NO_END,
                Math.max(BatchSearch.DEFAULT_MAXIMUM_TOKENS, sentences * tokens * beam));
        int shortest = search.search(wanted).stream()
                .mapToInt(found -> found.get(0).ids().length)
                .min()
                .orElse(tokens);
        if (shortest != tokens) {
            throw new BenchmarkException("a translation has " + shortest + " tokens instead of " + tokens);
        }
    }
}
