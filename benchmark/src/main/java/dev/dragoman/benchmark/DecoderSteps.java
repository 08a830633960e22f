package dev.dragoman.benchmark;

import dev.dragoman.model.Decoding;
import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.cpu.CpuCeilings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
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
        try (TranslationModel kernels = open(directory, variant);
                TranslationModel engine = open(directory, "none")) {
            double dense = PaperModel.decoderBytes(VOCABULARY, number);
            CpuCeilings ceilings = CpuCeilings.measure(variant, (long) (dense + PaperModel.expertBytes(number, 32)));
            report.list(List.of("ceilings of " + kernels.computedBy() + ": products of 8 bits "
                    + Figures.rate(ceilings.operations()) + " GOP/s; read "
                    + Figures.rate(ceilings.streamed()) + " GB/s from memory, "
                    + Figures.rate(ceilings.repeated()) + " GB/s where it is the step's bytes again and again"));
            Report.Table table = report.table(
                    number + " experts, " + kernels.computedBy(),
                    "rows",
                    "step, ms",
                    "rows/s",
                    "floor, ms",
                    "% of floor",
                    "% of floor, bytes from memory",
                    "engine, ms",
                    "times the engine");
            for (int count : rows) {
                table.row(row(kernels, engine, ceilings, number, count));
            }
        }
    }

    private String[] row(
            TranslationModel kernels, TranslationModel engine, CpuCeilings ceilings, int number, int count) {
        Random random = new Random(count);
        int[][] sources = new int[count][];
        for (int i = 0; i < count; i++) {
            sources[i] = random.ints(TOKENS, 4, VOCABULARY).toArray();
        }
        try (Decoding fast = kernels.decode(sources);
                Decoding slow = engine.decode(sources)) {
            Map<String, Runnable> contenders = new LinkedHashMap<>();
            Runnable step = step(fast, random);
            for (int i = 0; i < WARM_UP; i++) {
                step.run();
            }
            contenders.put("kernels", step);
            contenders.put("engine", step(slow, random));
            Rounds times = Rounds.measure(options.rounds, options.clock(), contenders);
            double seconds = times.median("kernels");
            double operations = 2 * count * PaperModel.multiplyAdds(VOCABULARY, number) / ceilings.operations();
            double bytes = PaperModel.decoderBytes(VOCABULARY, number) + PaperModel.expertBytes(number, count);
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
                Figures.of(times.ratio("engine", "kernels"))
            };
        }
    }

    private static Runnable step(Decoding decoding, Random random) {
        int[] ids = random.ints(decoding.rows(), 4, VOCABULARY).toArray();
        return () -> {
            Decoding.Step step = decoding.step(ids, CANDIDATES, false);
            for (int row = 0; row < ids.length; row++) {
                ids[row] = step.ids()[row * CANDIDATES + random.nextInt(CANDIDATES)];
            }
        };
    }

    static TranslationModel open(Path directory, String kernels) {
        System.setProperty("dragoman.cpu-kernels", kernels);
        try {
            return TranslationModel.open(directory);
        } finally {
            System.clearProperty("dragoman.cpu-kernels");
        }
    }
}
