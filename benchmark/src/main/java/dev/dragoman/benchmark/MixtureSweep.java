package dev.dragoman.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.kernel.ComputeDevice;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mixture-sweep}: what a step costs as experts grow from a handful to as many as the largest model of the paper has. */
@Command(
        name = "mixture-sweep",
        description = {
            "Steps of training and of serving with 4, 8, 16, ... small experts, 64x64, four of them for each row:"
                    + " one level up to 1,024, two levels beyond, with groups of about the square root.",
            "Every layer also learns one batch by heart, in a few steps."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class MixtureSweep implements Callable<Integer> {
    private static final int WIDTH = 64;
    private static final int HIDDEN = 64;
    private static final int FLAT_UP_TO = 1024;
    private static final int SERVED_ROWS = 32;
    private static final int BATCHES = 16;
    private static final int STEPS = 10;
    private static final double RATE = 0.02;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--from",
            paramLabel = "E",
            defaultValue = "4",
            description = "The smallest number of experts, a power of two (default: ${DEFAULT-VALUE}).")
    int from = 4;

    @Option(
            names = "--to",
            paramLabel = "E",
            defaultValue = "131072",
            description = "The largest number of experts (default: ${DEFAULT-VALUE}).")
    int to = 131_072;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "8000",
            description = "Rows of a batch in training (default: ${DEFAULT-VALUE}).")
    int rows = 8000;

    @Option(
            names = "--precision",
            paramLabel = "P",
            defaultValue = "bfloat16",
            description =
                    "Of the experts, in training and in serving: float32 or bfloat16 (default: ${DEFAULT-VALUE}).")
    Precision precision = Precision.BFLOAT16;

    @Override
    public Integer call() {
        if (Integer.bitCount(from) != 1 || from < 4 || to < from || precision == Precision.INT8) {
            throw new BenchmarkException("--from must be a power of two of at least 4, --to not less, and --precision"
                    + " float32 or bfloat16, but they are " + from + ", " + to + " and " + precision.label());
        }
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "mixture-sweep");
        try (NDManager manager = ComputeDevice.newManager()) {
            Ceilings ceilings = options.ceilings(manager, report);
            measure(report, ceilings);
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    /** Groups of about the square root of E, beyond what one level can choose from cheaply. */
    static LayerSize size(int experts) {
        int groups = experts <= FLAT_UP_TO ? 0 : 1 << Math.round((31 - Integer.numberOfLeadingZeros(experts)) / 2f);
        return LayerSize.four(WIDTH, HIDDEN, experts, groups);
    }

    private void measure(Report report, Ceilings ceilings) {
        Report.Table table = report.table(
                rows + " rows in training, " + SERVED_ROWS + " in serving, " + precision.label(),
                "experts",
                "weights and gradients, GB",
                "training step, ms",
                "with update, ms",
                "training, times the first",
                "training, % of floor",
                "error before and after " + STEPS + " steps",
                "serving step, ms",
                "experts visited",
                "serving, times the first",
                "serving, % of floor");
        List<double[]> training = new ArrayList<>();
        List<double[]> serving = new ArrayList<>();
        double[] first = null;
        for (int experts = from; experts <= to; experts *= 2) {
            LayerSize size = size(experts);
            String shortage = Sizes.shortage(TrainingLayer.bytes(size, precision));
            if (shortage != null) {
                report.line(Report.markdownRow(size.label(), "not measured: " + shortage));
                continue;
            }
            Trained trained = train(size, ceilings);
            Served served = serve(size, ceilings);
            first = first == null ? new double[] {trained.step(), served.step()} : first;
            table.row(
                    size.label(),
                    Figures.gigabytes(TrainingLayer.bytes(size, precision)),
                    Figures.milliseconds(trained.step()),
                    Figures.milliseconds(trained.withUpdate()),
                    Figures.of(trained.step() / first[0]),
                    Figures.percent(trained.ofFloor()),
                    Figures.of(trained.before()) + " to " + Figures.of(trained.after()),
                    Figures.milliseconds(served.step()),
                    Figures.of(served.touched()),
                    Figures.of(served.step() / first[1]),
                    Figures.percent(served.ofFloor()));
            training.add(new double[] {experts, 1e3 * trained.step()});
            serving.add(new double[] {experts, 1e3 * served.step()});
        }
        LogPlot plot = new LogPlot("Time of a step by the number of experts", "experts", "milliseconds");
        plot.add("training, " + rows + " rows", training);
        plot.add("serving, " + SERVED_ROWS + " rows", serving);
        report.plot("steps", plot.svg());
    }

    private record Trained(double step, double withUpdate, double ofFloor, double before, double after) {}

    private Trained train(LayerSize size, Ceilings ceilings) {
        try (TrainingLayer layer = new TrainingLayer(size, precision, rows)) {
            Map<String, Runnable> contenders = new LinkedHashMap<>();
            contenders.put("step", layer::step);
            contenders.put("update", layer::stepWithUpdate);
            Rounds times = Rounds.measure(options.rounds, options.clock(), contenders);
            double[] losses = layer.learn(STEPS, RATE);
            if (!(losses[STEPS - 1] < losses[0])) {
                throw new IllegalStateException(size.label() + " experts did not learn: the error went from "
                        + losses[0] + " to " + losses[STEPS - 1]);
            }
            double step = times.median("step");
            double floor = ceilings.floor(MixtureTraining.work(size, precision, rows), precision);
            return new Trained(step, times.median("update"), floor / step, losses[0], losses[STEPS - 1]);
        }
    }

    private record Served(double step, double touched, double ofFloor) {}

    private Served serve(LayerSize size, Ceilings ceilings) {
        try (ServingLayer layer = new ServingLayer(size, precision, ServingLayer.Popularity.UNIFORM, options.output);
                NDManager owner = ComputeDevice.newManager()) {
            List<NDArray> batches = layer.batches(owner, BATCHES, SERVED_ROWS);
            double touched = layer.touched(batches);
            Iterator<NDArray> turns =
                    Stream.generate(() -> batches).flatMap(List::stream).iterator();
            Rounds times =
                    Rounds.measure(options.rounds, options.clock(), Map.of("step", () -> layer.serve(turns.next())));
            double step = times.median("step");
            double floor = ceilings.floor(layer.work(touched, SERVED_ROWS, precision), precision);
            return new Served(step, touched, floor / step);
        }
    }
}
