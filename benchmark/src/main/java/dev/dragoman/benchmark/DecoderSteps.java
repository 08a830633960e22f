package dev.dragoman.benchmark;

import com.sun.management.ThreadMXBean;
import dev.dragoman.model.Decoding;
import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.cpu.CpuCeilings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
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

/** {@code decoder-steps}: steps of the paper's decoder by the native kernels, beside the floor and the engine. */
@Command(
        name = "decoder-steps",
        description =
                "Decoder steps of the network of Shazeer et al. 2017, appendix E, with 32,000 pieces and random weights:"
                        + " native kernels in 8 bits against the machine's floor and against the engine in float32. Sources have 27 tokens.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DecoderSteps implements Callable<Integer> {
    private static final int VOCABULARY = 32_000;
    private static final int TOKENS = 27;
    /** As a beam of four asks for. */
    private static final int CANDIDATES = 5;
    /** Steps after which all experts that are chosen often have been packed. */
    private static final int WARM_UP = 30;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--experts",
            split = ",",
            paramLabel = "E",
            defaultValue = "32",
            description = "Numbers of experts (default: ${DEFAULT-VALUE}).")
    List<Integer> experts = List.of(32);

    @Option(
            names = "--rows",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,4,8,32,64,256",
            description = "Numbers of rows (default: ${DEFAULT-VALUE}).")
    List<Integer> rows = List.of();

    @Option(
            names = "--kernels",
            split = ",",
            paramLabel = "V",
            defaultValue = "auto",
            description = "Variants of the native kernels (default: ${DEFAULT-VALUE}).")
    List<String> variants = List.of("auto");

    @Option(
            names = "--shortlist",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Pieces that each row's sentence may have, half of them the same for all; 0 for the whole vocabulary"
                            + " (default: ${DEFAULT-VALUE}). The engine always has all.")
    int shortlist;

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
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "decoder-steps");
        for (int number : experts) {
            try (TemporaryFolder folder = TemporaryFolder.in(options.output)) {
                PaperModel.write(folder.path(), like, Form.RECURRENT, number, VOCABULARY, false);
                for (String variant : variants) {
                    measure(report, folder.path(), number, variant);
                }
            }
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    private void measure(Report report, Path directory, int number, String variant) {
        try (TranslationModel kernels = open(directory, variant, options.threads);
                TranslationModel engine = open(directory, "none", options.threads)) {
            double dense = PaperModel.decoderBytes(VOCABULARY, number);
            CpuCeilings ceilings =
                    CpuCeilings.measure(variant, (long) (dense + PaperModel.expertBytes(number, 32)), options.threads);
            report.list(List.of("ceilings of " + kernels.computedBy() + ": products of 8 bits "
                    + Figures.rate(ceilings.operations()) + " GOP/s; read "
                    + Figures.rate(ceilings.streamed()) + " GB/s from memory, "
                    + Figures.rate(ceilings.repeated()) + " GB/s where it is the step's bytes again and again"));
            Report.Table table = report.table(
                    number + " experts, " + kernels.computedBy()
                            + (shortlist > 0 ? ", lists of " + shortlist + " pieces" : "")
                            + (options.threads > 1 ? ", " + options.threads + " threads" : ""),
                    "rows",
                    "step, ms",
                    "rows/s",
                    "floor, ms",
                    "% of floor",
                    "% of floor, bytes from memory",
                    "engine, ms",
                    "times the engine",
                    "heap bytes a step");
            StepPlot plot = new StepPlot(number + " experts", kernels.computedBy(), options.threads);
            for (int count : rows) {
                String[] row = row(kernels, engine, ceilings, number, count);
                table.row(row);
                plot.add(row);
            }
            report.plot(number + "-experts-" + variant, plot.svg());
        }
    }

    private String[] row(
            TranslationModel kernels, TranslationModel engine, CpuCeilings ceilings, int number, int count) {
        Random random = new Random(count);
        int[][] sources = new int[count][];
        for (int i = 0; i < count; i++) {
            sources[i] = random.ints(TOKENS, 4, VOCABULARY).toArray();
        }
        int[][] lists = shortlist > 0 ? lists(count, random) : null;
        int pieces = lists == null
                ? VOCABULARY
                : (int) Arrays.stream(lists)
                        .flatMapToInt(Arrays::stream)
                        .distinct()
                        .count();
        try (Decoding fast = kernels.decode(new int[0][]);
                Decoding slow = engine.decode(sources)) {
            fast.admit(sources, lists);
            Map<String, Runnable> contenders = new LinkedHashMap<>();
            Runnable step = step(fast, random);
            for (int i = 0; i < WARM_UP; i++) {
                step.run();
            }
            contenders.put("kernels", step);
            contenders.put("engine", step(slow, random));
            Rounds times = Rounds.measure(options.rounds, options.clock(), contenders);
            double seconds = times.median("kernels");
            int own = lists == null ? VOCABULARY : shortlist;
            double operations = 2 * count * PaperModel.multiplyAdds(own, number) / ceilings.operations();
            double bytes = PaperModel.decoderBytes(pieces, number) + PaperModel.expertBytes(number, count);
            double floor = Math.max(operations, bytes / ceilings.repeated());
            double fromMemory = Math.max(operations, bytes / ceilings.streamed());
            return new String[] {
                String.valueOf(count),
                Figures.milliseconds(seconds),
                Figures.of(count / seconds),
                Figures.milliseconds(floor),
                Figures.percent(floor / seconds),
                Figures.percent(fromMemory / seconds),
                Figures.milliseconds(times.median("engine")),
                Figures.of(times.ratio("engine", "kernels")),
                String.valueOf(heapBytes(step))
            };
        }
    }

    /** What a step allocates on the heap of the calling thread, in steady state. */
    private static long heapBytes(Runnable step) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < WARM_UP; i++) {
            step.run();
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / WARM_UP;
    }

    private int[][] lists(int count, Random random) {
        int[] common =
                random.ints(0, VOCABULARY).distinct().limit(shortlist / 2).toArray();
        int[][] lists = new int[count][];
        Arrays.setAll(
                lists,
                i -> IntStream.concat(Arrays.stream(common), random.ints(0, VOCABULARY))
                        .distinct()
                        .limit(shortlist)
                        .sorted()
                        .toArray());
        return lists;
    }

    static Runnable step(Decoding decoding, Random random) {
        int[] ids = random.ints(decoding.rows(), 4, VOCABULARY).toArray();
        return () -> {
            Decoding.Step step = decoding.step(ids, CANDIDATES, false);
            for (int row = 0; row < ids.length; row++) {
                ids[row] = step.ids()[row * CANDIDATES + random.nextInt(CANDIDATES)];
            }
        };
    }

    static TranslationModel open(Path directory, String kernels, int threads) {
        System.setProperty("dragoman.cpu-kernels", kernels);
        System.setProperty("dragoman.cpu-kernels.threads", String.valueOf(threads));
        try {
            return TranslationModel.open(directory);
        } finally {
            System.clearProperty("dragoman.cpu-kernels");
            System.clearProperty("dragoman.cpu-kernels.threads");
        }
    }
}
