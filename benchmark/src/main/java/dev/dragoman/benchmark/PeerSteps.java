package dev.dragoman.benchmark;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.Decoding;
import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.kernel.ComputeDevice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code peer-steps}: steps of the paper's decoder by the native kernels, by turns with the same in PyTorch. */
@Command(
        name = "peer-steps",
        description =
                "Decoder steps of the network of Shazeer et al. 2017, appendix E, with 32 experts, 32,000 pieces and random weights: native"
                        + " kernels in 8 bits beside the engine and, with --peers or --python, PyTorch from Python, eager, compiled and scripted, in float32 and in 8 bits.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PeerSteps implements Callable<Integer> {
    private static final int EXPERTS = PaperOptions.EXPERTS;
    /** Steps after which what is compiled, packed or allocated once is done. */
    private static final int WARM_UP = 10;
    /** A turn repeats steps until about so many seconds are up. */
    private static final double TURN = 0.2;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Mixin
    StepOptions steps = new StepOptions();

    @Mixin
    CorpusPeers peers = new CorpusPeers();

    /** Something that takes steps: so many of them, in seconds. */
    private record Stepper(String name, Precision precision, ToDoubleFunction<Integer> turn) {}

    @Override
    public Integer call() throws IOException {
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "peer-steps");
        try (TemporaryFolder folder = TemporaryFolder.in(options.output)) {
            steps.paper.write(folder.path(), EXPERTS);
            try (TranslationModel kernels = DecoderSteps.open(folder.path(), "auto", options.threads);
                    TranslationModel engine = DecoderSteps.open(folder.path(), "none", options.threads);
                    NDManager manager = ComputeDevice.newManager()) {
                CorpusWork.Machine machine = new CorpusWork.Machine(
                        PaperOptions.ceilings(
                                report, kernels.computedBy(), "auto", PaperOptions.stepBytes(EXPERTS), options.threads),
                        options.ceilings(manager, report));
                Map<String, PythonPeer> others = peers.pyTorchSteps(
                        options, StepOptions.sources(1, new Random(1)), PaperOptions.VOCABULARY, EXPERTS);
                measure(report, machine, List.of(kernels, engine), others);
                PaperOptions.again(report, machine.bits8(), "auto", PaperOptions.stepBytes(EXPERTS), options.threads);
            } finally {
                peers.close();
            }
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    /** @param models the kernels, the engine */
    private void measure(
            Report report, CorpusWork.Machine machine, List<TranslationModel> models, Map<String, PythonPeer> others) {
        List<String> names = new ArrayList<>(
                List.of(models.get(0).computedBy(), models.get(1).computedBy() + ", float32"));
        others.values().forEach(peer -> names.add(peer.description()));
        List<String> columns = new ArrayList<>(List.of("rows"));
        columns.addAll(names);
        peers.absent().forEach(peer -> columns.add(peer.toString()));
        String[] head = columns.toArray(new String[0]);
        List<String[]> times = new ArrayList<>();
        List<String[]> shares = new ArrayList<>();
        Map<String, List<double[]>> lines = new LinkedHashMap<>();
        Report.Table table = report.table("rows per second", head);
        for (int count : steps.rows) {
            List<String> rates = new ArrayList<>(List.of(String.valueOf(count)));
            List<String> ratios = new ArrayList<>(rates);
            List<String> floors = new ArrayList<>(rates);
            withSteppers(models, others, names, count, steppers -> {
                Rounds rounds = rounds(steppers);
                for (Stepper stepper : steppers) {
                    double seconds = rounds.median(stepper.name());
                    rates.add(Figures.of(count / seconds));
                    ratios.add(Figures.of(rounds.ratio(stepper.name(), names.get(0))));
                    floors.add(Figures.percent(
                            CorpusWork.step(count, EXPERTS, stepper.precision()).floor(machine) / seconds));
                    lines.computeIfAbsent(stepper.name(), name -> new ArrayList<>())
                            .add(new double[] {count, count / seconds});
                }
            });
            table.row(padded(rates, head.length));
            times.add(padded(ratios, head.length));
            shares.add(padded(floors, head.length));
        }
        Report.Table ratios = report.table("kernels are so many times as fast", head);
        times.forEach(ratios::row);
        Report.Table floors = report.table("% of floor", head);
        shares.forEach(floors::row);
        LogPlot plot = new LogPlot("Decoder steps, " + EXPERTS + " experts", "rows of a step", "rows a second");
        lines.forEach(plot::add);
        report.plot("rows", plot.svg());
    }

    /** Peers that are left out have no figures. */
    private static String[] padded(List<String> cells, int length) {
        List<String> row = new ArrayList<>(cells);
        row.addAll(Collections.nCopies(length - cells.size(), ""));
        return row.toArray(new String[0]);
    }

    private void withSteppers(
            List<TranslationModel> models,
            Map<String, PythonPeer> others,
            List<String> names,
            int count,
            Consumer<List<Stepper>> measure) {
        Random random = new Random(count);
        int[][] sources = StepOptions.sources(count, random);
        try (Decoding fast = models.get(0).decode(sources);
                Decoding slow = models.get(1).decode(sources)) {
            List<Stepper> steppers = new ArrayList<>();
            steppers.add(own(names.get(0), Precision.INT8, DecoderSteps.step(fast, random)));
            steppers.add(own(names.get(1), Precision.FLOAT32, DecoderSteps.step(slow, random)));
            others.forEach((form, peer) -> steppers.add(new Stepper(
                    peer.description(),
                    CorpusPeers.precision(form),
                    times -> peer.seconds(times + " " + count, options.clock()))));
            measure.accept(steppers);
        }
    }

    private Stepper own(String name, Precision precision, Runnable step) {
        return new Stepper(
                name,
                precision,
                times -> options.clock().time(() -> {
                    for (int i = 0; i < times; i++) {
                        step.run();
                    }
                }));
    }

    private Rounds rounds(List<Stepper> steppers) {
        int[] turns =
                steppers.stream().mapToInt(stepper -> turn(stepper.turn())).toArray();
        Map<String, double[]> seconds = new LinkedHashMap<>();
        steppers.forEach(stepper -> seconds.put(stepper.name(), new double[options.rounds]));
        for (int round = 0; round < options.rounds; round++) {
            for (int i = 0; i < turns.length; i++) {
                Stepper stepper = steppers.get(i);
                Objects.requireNonNull(seconds.get(stepper.name()))[round] =
                        stepper.turn().applyAsDouble(turns[i]) / turns[i];
            }
        }
        return new Rounds(seconds);
    }

    /** How many steps make a turn, after as many as warm up. */
    private static int turn(ToDoubleFunction<Integer> contender) {
        double warmUp = contender.applyAsDouble(WARM_UP);
        double once = Math.min(warmUp / WARM_UP, contender.applyAsDouble(2) / 2);
        return (int) Math.max(1, Math.ceil(TURN / Math.max(once, 1e-6)));
    }
}
