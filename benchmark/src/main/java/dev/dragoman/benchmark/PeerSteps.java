package dev.dragoman.benchmark;

import dev.dragoman.model.Decoding;
import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code peer-steps}: steps of the paper's decoder by the native kernels, by turns with the same in PyTorch. */
@Command(
        name = "peer-steps",
        description =
                "Decoder steps of the network of Shazeer et al. 2017, appendix E, with 32 experts, 32,000 pieces and random weights: native"
                        + " kernels in 8 bits beside PyTorch from Python, eager, compiled and scripted, in float32 and in 8 bits.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PeerSteps implements Callable<Integer> {
    private static final int VOCABULARY = 32_000;
    private static final int EXPERTS = 32;
    private static final int TOKENS = 27;
    /** Steps after which what is compiled, packed or allocated once is done. */
    private static final int WARM_UP = 10;
    /** A turn repeats steps until about so many seconds are up. */
    private static final double TURN = 0.2;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--rows",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,8,32,256",
            description = "Numbers of rows, at most eight of them (default: ${DEFAULT-VALUE}).")
    List<Integer> rows = List.of();

    @Mixin
    CorpusPeers peers = new CorpusPeers();

    @Option(
            names = "--like",
            paramLabel = "DIR",
            defaultValue = "pretrained",
            description = "A model directory whose pieces and languages are used (default: ${DEFAULT-VALUE}).")
    Path like = Path.of("pretrained");

    @Override
    public Integer call() throws IOException {
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "peer-steps");
        try (TemporaryFolder folder = TemporaryFolder.in(options.output)) {
            PaperModel.write(folder.path(), like, Form.RECURRENT, EXPERTS, VOCABULARY, false);
            try (TranslationModel kernels = DecoderSteps.open(folder.path(), "auto", options.threads)) {
                List<PythonPeer> others = peers.pyTorch(options, VOCABULARY, EXPERTS, 1, TOKENS, 0);
                measure(report, kernels, others);
            } finally {
                peers.close();
            }
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    private void measure(Report report, TranslationModel kernels, List<PythonPeer> others) {
        List<String> names = new ArrayList<>(List.of(kernels.computedBy()));
        others.forEach(peer -> names.add(peer.description()));
        List<String[]> times = new ArrayList<>();
        List<String> absent =
                peers.absent().stream().map(CorpusPeers.Absent::toString).toList();
        Report.Table table = report.table("rows per second", columns(names, absent));
        for (int count : rows) {
            Rounds rounds = rounds(kernels, others, names, count);
            List<String> rates = new ArrayList<>(List.of(String.valueOf(count)));
            List<String> ratios = new ArrayList<>(List.of(String.valueOf(count)));
            for (String name : names) {
                rates.add(Figures.of(count / rounds.median(name)));
                ratios.add(Figures.of(rounds.ratio(name, names.get(0))));
            }
            absent.forEach(peer -> {
                rates.add("");
                ratios.add("");
            });
            table.row(rates.toArray(new String[0]));
            times.add(ratios.toArray(new String[0]));
        }
        Report.Table ratios = report.table("kernels are so many times as fast", columns(names, absent));
        times.forEach(ratios::row);
    }

    private static String[] columns(List<String> names, List<String> absent) {
        List<String> columns = new ArrayList<>(List.of("rows"));
        columns.addAll(names);
        columns.addAll(absent);
        return columns.toArray(new String[0]);
    }

    private Rounds rounds(TranslationModel kernels, List<PythonPeer> others, List<String> names, int count) {
        Random random = new Random(count);
        int[][] sources = new int[count][];
        for (int i = 0; i < count; i++) {
            sources[i] = random.ints(TOKENS, 4, VOCABULARY).toArray();
        }
        try (Decoding decoding = kernels.decode(sources)) {
            Runnable step = DecoderSteps.step(decoding, random);
            List<ToDoubleFunction<Integer>> contenders = new ArrayList<>();
            contenders.add(times -> options.clock().time(() -> {
                for (int i = 0; i < times; i++) {
                    step.run();
                }
            }));
            others.forEach(peer -> contenders.add(times -> peer.seconds(times + " " + count, options.clock())));
            int[] steps = contenders.stream().mapToInt(PeerSteps::steps).toArray();
            double[][] seconds = new double[steps.length][options.rounds];
            for (int round = 0; round < options.rounds; round++) {
                for (int i = 0; i < steps.length; i++) {
                    seconds[i][round] = contenders.get(i).applyAsDouble(steps[i]) / steps[i];
                }
            }
            Map<String, double[]> byName = new LinkedHashMap<>();
            for (int i = 0; i < steps.length; i++) {
                byName.put(names.get(i), seconds[i]);
            }
            return new Rounds(byName);
        }
    }

    /** How many make a turn, after as many as warm up. */
    private static int steps(ToDoubleFunction<Integer> contender) {
        double warmUp = contender.applyAsDouble(WARM_UP);
        double once = Math.min(warmUp / WARM_UP, contender.applyAsDouble(2) / 2);
        return (int) Math.max(1, Math.ceil(TURN / Math.max(once, 1e-6)));
    }
}
