package dev.dragoman.benchmark;

import com.sun.management.ThreadMXBean;
import dev.dragoman.model.Decoding;
import dev.dragoman.model.TranslationModel;
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
    private static final int VOCABULARY = PaperOptions.VOCABULARY;
    /** As a beam of four asks for. */
    private static final int CANDIDATES = 5;
    /** Steps after which all experts that are chosen often have been packed. */
    private static final int WARM_UP = 30;

    private static final int STORED_BITS = 8;

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

    @Mixin
    StepOptions steps = new StepOptions();

    @Option(
            names = "--kernels",
            split = ",",
            paramLabel = "V",
            defaultValue = "auto",
            description = "Variants of the native kernels (default: ${DEFAULT-VALUE}).")
    List<String> variants = List.of("auto");

    @Option(
            names = "--expert-bits",
            paramLabel = "B",
            defaultValue = "8",
            description =
                    "Bits of the experts' weights in the kernels, 8 or 4; with 4 they take turns with 8 (default: ${DEFAULT-VALUE}).")
    int expertBits = STORED_BITS;

    @Option(
            names = "--shortlist",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Pieces that each row's sentence may have, half of them the same for all; 0 for the whole vocabulary"
                            + " (default: ${DEFAULT-VALUE}). The engine always has all.")
    int shortlist;

    @Override
    public Integer call() throws IOException {
        if (expertBits != STORED_BITS && expertBits != STORED_BITS / 2) {
            throw new BenchmarkException("--expert-bits must be 8 or 4, but is " + expertBits);
        }
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "decoder-steps");
        for (int number : experts) {
            try (TemporaryFolder folder = TemporaryFolder.in(options.output)) {
                steps.paper.write(folder.path(), number);
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
        try (TranslationModel kernels = open(directory, variant, options.threads, expertBits);
                TranslationModel stored = open(directory, variant, options.threads, STORED_BITS);
                TranslationModel engine = open(directory, "none", options.threads)) {
            double dense = PaperModel.decoderBytes(VOCABULARY, number);
            CpuCeilings ceilings = PaperOptions.ceilings(
                    report, kernels.computedBy(), variant, dense + expertBytes(number, 32), options.threads);
            Report.Table table = report.table(
                    number + " experts, " + kernels.computedBy()
                            + (shortlist > 0 ? ", lists of " + shortlist + " pieces" : "")
                            + (options.threads > 1 ? ", " + options.threads + " threads" : ""),
                    "rows",
                    "step, ms",
                    "rows/s",
                    "floor, ms",
                    "% of floor",
                    "% of floor by vectors",
                    "% of floor, bytes from memory",
                    "engine, ms",
                    "times the engine",
                    "heap bytes a step",
                    "native calls a step",
                    "with rows moved",
                    "the engine's",
                    "experts in 8 bits, ms",
                    "times experts in 8 bits");
            StepPlot plot = new StepPlot(number + " experts", kernels.computedBy(), options.threads);
            for (int count : steps.rows) {
                String[] row = row(List.of(kernels, stored, engine), ceilings, number, count);
                table.row(row);
                plot.add(row);
            }
            report.plot(number + "-experts-" + variant, plot.svg());
        }
    }

    /** A byte for every 32 weights of 4 bits comes on top. */
    private double expertBytes(int number, int count) {
        double stored = PaperModel.expertBytes(number, count);
        return expertBits == STORED_BITS ? stored : stored * (1 / 2.0 + 1 / 32.0);
    }

    /** @param models the kernels, these with experts of 8 bits, the engine */
    private String[] row(List<TranslationModel> models, CpuCeilings ceilings, int number, int count) {
        Random random = new Random(count);
        int[][] sources = StepOptions.sources(count, random);
        int[][] lists = shortlist > 0 ? lists(count, random) : null;
        int pieces = lists == null
                ? VOCABULARY
                : (int) Arrays.stream(lists)
                        .flatMapToInt(Arrays::stream)
                        .distinct()
                        .count();
        try (Decoding fast = models.get(0).decode(new int[0][]);
                Decoding stored = models.get(1).decode(new int[0][]);
                Decoding slow = models.get(2).decode(sources)) {
            fast.admit(sources, lists);
            stored.admit(sources, lists);
            Map<String, Runnable> contenders = new LinkedHashMap<>();
            Runnable step = step(fast, random);
            contenders.put("kernels", step);
            if (expertBits != STORED_BITS) {
                contenders.put("stored", step(stored, random));
            }
            for (int i = 0; i < Math.max(WARM_UP, 2 * number / count); i++) {
                contenders.values().forEach(Runnable::run);
            }
            contenders.put("engine", step(slow, random));
            Rounds times = Rounds.measure(options.rounds, options.clock(), contenders);
            double seconds = times.median("kernels");
            int own = lists == null ? VOCABULARY : shortlist;
            double products = 2 * count * PaperModel.multiplyAdds(own, number);
            double operations = products / ceilings.operations();
            double bytes = PaperModel.decoderBytes(pieces, number) + expertBytes(number, count);
            double floor = Math.max(operations, bytes / ceilings.repeated());
            double byVectors = Math.max(products / ceilings.vectorOperations(), bytes / ceilings.repeated());
            double fromMemory = Math.max(operations, bytes / ceilings.streamed());
            return new String[] {
                String.valueOf(count),
                Figures.milliseconds(seconds),
                Figures.of(count / seconds),
                Figures.milliseconds(floor),
                Figures.percent(floor / seconds),
                Figures.percent(byVectors / seconds),
                Figures.percent(fromMemory / seconds),
                Figures.milliseconds(times.median("engine")),
                Figures.of(times.ratio("engine", "kernels")),
                String.valueOf(heapBytes(step)),
                String.valueOf(calls(fast, step)),
                String.valueOf(calls(fast, () -> {
                    fast.reorder(IntStream.range(0, count).toArray());
                    step.run();
                })),
                String.valueOf(calls(slow, step(slow, random))),
                expertBits == STORED_BITS ? "" : Figures.milliseconds(times.median("stored")),
                expertBits == STORED_BITS ? "" : Figures.of(times.ratio("stored", "kernels"))
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

    /** How often Java calls native code in some work of a decoding. */
    private static long calls(Decoding decoding, Runnable work) {
        long before = decoding.calls();
        work.run();
        return decoding.calls() - before;
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
        return open(directory, kernels, threads, STORED_BITS);
    }

    private static TranslationModel open(Path directory, String kernels, int threads, int expertBits) {
        System.setProperty("dragoman.cpu-kernels", kernels);
        System.setProperty("dragoman.cpu-kernels.threads", String.valueOf(threads));
        System.setProperty("dragoman.expert-bits", String.valueOf(expertBits));
        try {
            return TranslationModel.open(directory);
        } finally {
            System.clearProperty("dragoman.cpu-kernels");
            System.clearProperty("dragoman.cpu-kernels.threads");
            System.clearProperty("dragoman.expert-bits");
        }
    }
}
