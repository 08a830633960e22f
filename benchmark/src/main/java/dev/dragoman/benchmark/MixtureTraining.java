package dev.dragoman.benchmark;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.kernel.ComputeDevice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mixture-training}: a training step of the layer against a dense layer of the same active operations, and against few experts. */
@Command(
        name = "mixture-training",
        description = {
            "A training step of a mixture layer, against a dense layer that multiplies as much for every row,"
                    + " and against the smallest number of experts."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class MixtureTraining implements Callable<Integer> {
    private static final int GROUPS = 32;
    private static final int GROUPED_FROM = 1024;
    /** Forward two, backward four: without computing hidden activations again, which is the mixture's own choice. */
    private static final int PRODUCTS = 3;
    /** Weights are read on the way forward and on the way back, gradients are written. */
    private static final int PASSES = 3;
    /** Gradients are read for their squares and, where those no longer are in cache, again; weights are read and written. At least three. */
    private static final int UPDATE_PASSES = 3;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--size",
            split = ",",
            paramLabel = "DxH",
            defaultValue = "256x512,512x1024",
            description = "Width and hidden size of an expert (default: ${DEFAULT-VALUE}).")
    List<String> sizes = List.of();

    @Option(
            names = "--experts",
            split = ",",
            paramLabel = "E",
            defaultValue = "32,256,1024,2048",
            description =
                    "Numbers of experts; the first is what step times are compared with (default: ${DEFAULT-VALUE}).")
    List<Integer> experts = List.of();

    @Option(
            names = "--precision",
            split = ",",
            paramLabel = "P",
            defaultValue = "float32,bfloat16",
            description = "Of weights, gradients and products (default: ${DEFAULT-VALUE}).")
    List<Precision> precisions = List.of();

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "16000",
            description = "Rows of a batch (default: ${DEFAULT-VALUE}).")
    int rows = 16_000;

    @Override
    public Integer call() {
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "mixture-training");
        try (NDManager manager = ComputeDevice.newManager()) {
            Ceilings ceilings = options.ceilings(manager, report);
            for (String size : sizes) {
                int[] numbers = Sizes.parse(size);
                for (Precision precision : precisions) {
                    measure(report, ceilings, numbers[0], numbers[1], precision);
                }
            }
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    private List<LayerSize> layers(int width, int hidden) {
        List<LayerSize> layers = new ArrayList<>();
        for (int number : experts) {
            layers.add(LayerSize.four(width, hidden, number, 0));
            if (number >= GROUPED_FROM) {
                layers.add(LayerSize.four(width, hidden, number, GROUPS));
            }
        }
        return layers;
    }

    private void measure(Report report, Ceilings ceilings, int width, int hidden, Precision precision) {
        String title = rows + " rows " + width + "x" + hidden + " " + precision.label();
        Report.Table table = report.table(
                title,
                "experts",
                "dense, ms",
                "step, ms",
                "rate against dense",
                "step against the first",
                "gate, ms",
                "gate's share",
                "with update, ms",
                "weights streamed, GB",
                "streaming at the ceiling, ms",
                "% of floor",
                "% of floor with update");
        List<double[]> relative = new ArrayList<>();
        List<double[]> againstDense = new ArrayList<>();
        List<LayerSize> layers = layers(width, hidden);
        LayerSize first = layers.get(0);
        try (DenseLayer dense = new DenseLayer(width, first.active() * hidden, precision, rows);
                TrainingLayer few = new TrainingLayer(first, precision, rows)) {
            for (LayerSize size : layers) {
                String shortage = Sizes.shortage(TrainingLayer.bytes(size, precision));
                if (shortage != null) {
                    report.line(Report.markdownRow(size.label(), "not measured: " + shortage));
                    continue;
                }
                try (TrainingLayer many = new TrainingLayer(size, precision, rows)) {
                    Map<String, Runnable> contenders = new LinkedHashMap<>();
                    contenders.put("dense", dense::step);
                    contenders.put("first", few::step);
                    contenders.put("step", many::step);
                    contenders.put("gate", many::gateAlone);
                    contenders.put("update", many::stepWithUpdate);
                    Rounds times = Rounds.measure(options.rounds, options.clock(), contenders);
                    table.row(row(times, ceilings, size, precision));
                    double[] point = {size.experts(), times.ratio("step", "first")};
                    if (size.groups() == 0) {
                        relative.add(point);
                        againstDense.add(new double[] {size.experts(), times.ratio("step", "dense")});
                    }
                }
            }
        }
        LogPlot plot = new LogPlot("Time of a training step, " + title, "experts, one level", "times");
        plot.add("of " + first.experts() + " experts", relative);
        plot.add("of a dense layer", againstDense);
        report.plot(title.replace(' ', '-'), plot.svg());
    }

    /** What a step costs at least, without the update: products, and the weights of the experts that some row has chosen. */
    static Ceilings.Work work(LayerSize size, Precision precision, int rows) {
        double untouched = Math.pow(1 - (double) size.active() / size.experts(), rows);
        return new Ceilings.Work(
                PRODUCTS * size.forwardOperations(rows), PASSES * size.bytes(precision) * (1 - untouched));
    }

    private String[] row(Rounds times, Ceilings ceilings, LayerSize size, Precision precision) {
        Ceilings.Work work = work(size, precision, rows);
        double streamed = work.bytes();
        double updated = streamed / PASSES * (PASSES + UPDATE_PASSES);
        double floor = ceilings.floor(work, precision);
        double updatedFloor = ceilings.floor(new Ceilings.Work(work.operations(), updated), precision);
        return new String[] {
            size.label(),
            Figures.milliseconds(times.median("dense")),
            Figures.milliseconds(times.median("step")),
            Figures.percent(times.ratio("dense", "step")),
            Figures.of(times.ratio("step", "first")),
            Figures.milliseconds(times.median("gate")),
            Figures.percent(times.ratio("gate", "step")),
            Figures.milliseconds(times.median("update")),
            Figures.gigabytes(streamed),
            Figures.milliseconds(streamed / ceilings.read()),
            Figures.percent(floor / times.median("step")),
            Figures.percent(updatedFloor / times.median("update"))
        };
    }
}
