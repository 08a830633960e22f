package dev.dragoman.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.kernel.ComputeDevice;
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

/** Serving steps of the layer against the time that reading the chosen experts takes at least. */
abstract class MixtureServing implements Callable<Integer> {
    /** Batches that take turns, so that a step does not meet the experts of the one before unless chance has it. */
    private static final int BATCHES = 16;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--size",
            paramLabel = "DxH",
            defaultValue = "256x512",
            description = "Width and hidden size of an expert (default: ${DEFAULT-VALUE}).")
    String size = "256x512";

    @Option(
            names = "--precision",
            split = ",",
            paramLabel = "P",
            defaultValue = "float32,bfloat16,int8",
            description = "Of the experts' weights (default: ${DEFAULT-VALUE}).")
    List<Precision> precisions = List.of();

    @Option(
            names = "--routing",
            split = ",",
            paramLabel = "R",
            defaultValue = "uniform,zipf",
            description = "How often each expert is chosen (default: ${DEFAULT-VALUE}).")
    List<ServingLayer.Popularity> routings = List.of();

    @Option(
            names = "--experts",
            split = ",",
            paramLabel = "E",
            defaultValue = "32,512,2048",
            description = "Numbers of experts (default: ${DEFAULT-VALUE}).")
    List<Integer> experts = List.of();

    /** Its name. */
    abstract String name();

    /** Rows of a step. */
    abstract List<Integer> rows();

    @Override
    public Integer call() {
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), name());
        try (NDManager manager = ComputeDevice.newManager()) {
            Ceilings ceilings = options.ceilings(manager, report);
            for (Precision precision : precisions) {
                for (ServingLayer.Popularity routing : routings) {
                    measure(report, ceilings, precision, routing);
                }
            }
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    private void measure(Report report, Ceilings ceilings, Precision precision, ServingLayer.Popularity routing) {
        Report.Table table = report.table(
                size + " " + precision.label() + " " + routing.name().toLowerCase(java.util.Locale.ROOT),
                "experts",
                "rows",
                "experts visited",
                "step, ms",
                "rows/s",
                "dense, ms",
                "rate against dense",
                "floor, ms",
                "bound by",
                "times the floor",
                "% of floor");
        int[] numbers = Sizes.parse(size);
        for (int number : experts) {
            LayerSize layerSize = LayerSize.four(numbers[0], numbers[1], number, 0);
            String shortage = Sizes.shortage(layerSize.bytes(precision));
            if (shortage != null) {
                report.line(Report.markdownRow(layerSize.label(), "not measured: " + shortage));
                continue;
            }
            try (ServingLayer layer = new ServingLayer(layerSize, precision, routing, options.output)) {
                for (int rows : rows()) {
                    table.row(row(layer, layerSize, rows, precision, ceilings));
                }
            }
        }
    }

    private String[] row(ServingLayer layer, LayerSize layerSize, int rows, Precision precision, Ceilings ceilings) {
        // Of the fastest type there is, for weights of 8 bits: nobody would multiply a dense layer more slowly.
        Precision ofDense = precision == Precision.INT8 && ceilings.bfloat16() > ceilings.float32()
                ? Precision.BFLOAT16
                : precision == Precision.INT8 ? Precision.FLOAT32 : precision;
        try (NDManager owner = ComputeDevice.newManager();
                DenseLayer dense =
                        new DenseLayer(layerSize.width(), layerSize.active() * layerSize.hidden(), ofDense, rows)) {
            List<NDArray> batches = layer.batches(owner, BATCHES, rows);
            double touched = layer.touched(batches);
            Iterator<NDArray> turns =
                    Stream.generate(() -> batches).flatMap(List::stream).iterator();
            Map<String, Runnable> contenders = new LinkedHashMap<>();
            contenders.put("dense", dense::serve);
            contenders.put("step", () -> layer.serve(turns.next()));
            Rounds times = Rounds.measure(options.rounds, options.clock(), contenders);
            Ceilings.Work work = layer.work(touched, rows, precision);
            double floor = ceilings.floor(work, precision);
            double step = times.median("step");
            return new String[] {
                layerSize.label(),
                String.valueOf(rows),
                Figures.of(touched),
                Figures.milliseconds(step),
                Figures.of(rows / step),
                Figures.milliseconds(times.median("dense")),
                Figures.percent(times.ratio("dense", "step")),
                Figures.milliseconds(floor),
                work.bytes() / ceilings.read() < floor ? "arithmetic" : "memory",
                Figures.of(step / floor),
                Figures.percent(floor / step)
            };
        }
    }

    /** {@code mixture-encoder}. */
    @Command(
            name = "mixture-encoder",
            description =
                    "A mixture layer in serving with the rows of whole sentences, against a dense layer and its floor.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Encoder extends MixtureServing {
        @Option(
                names = "--rows",
                split = ",",
                paramLabel = "N",
                defaultValue = "1000",
                description = "Rows of a step (default: ${DEFAULT-VALUE}).")
        List<Integer> rows = List.of();

        @Override
        String name() {
            return "mixture-encoder";
        }

        @Override
        List<Integer> rows() {
            return rows;
        }
    }

    /** {@code mixture-decoder}. */
    @Command(
            name = "mixture-decoder",
            description = "A mixture layer in serving with a row for each hypothesis, against its floor.",
            mixinStandardHelpOptions = true,
            sortOptions = false)
    static final class Decoder extends MixtureServing {
        @Option(
                names = "--rows",
                split = ",",
                paramLabel = "N",
                defaultValue = "1,4,8,32,64,256",
                description = "Rows of a step (default: ${DEFAULT-VALUE}).")
        List<Integer> rows = List.of();

        @Override
        String name() {
            return "mixture-decoder";
        }

        @Override
        List<Integer> rows() {
            return rows;
        }
    }
}
