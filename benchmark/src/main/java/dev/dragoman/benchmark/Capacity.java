package dev.dragoman.benchmark;

import ai.djl.nn.Parameter;
import dev.dragoman.model.TranslationNetwork;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.TensorSource;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code capacity}: a model whose experts are larger than what is left of memory. */
@Command(
        name = "capacity",
        description = {
            "Writes a model of random weights in 8 bits with the layers of Shazeer et al. 2017, appendix E, opens it and decodes;"
                    + " then the same where memory has room for a quarter of the experts only, in a control group of Linux.",
            "Needs 9 GB of disk, which it gives back."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Capacity implements Callable<Integer> {
    private static final int WIDTH = 512;
    private static final int CELLS = 2048;
    private static final int HIDDEN = 2048;
    private static final int PER_ROW = 4;
    private static final int MATRIX = 2;
    private static final int STACK = 3;
    /** Of the Java heap of the process that is measured, which counts against its limit. */
    private static final String HEAP = "-Xmx512m";
    /** For what the kernel keeps for a process: tables of pages, buffers. */
    private static final double RESERVE = 128e6;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--experts",
            paramLabel = "E",
            defaultValue = "2048",
            description = "Experts of each of the two mixture layers (default: ${DEFAULT-VALUE}).")
    int experts = 2048;

    @Option(
            names = "--share",
            paramLabel = "S",
            defaultValue = "0.25",
            description =
                    "Of the experts' bytes, what memory has room for in the second run (default: ${DEFAULT-VALUE}).")
    double share = 0.25;

    @Option(
            names = "--like",
            paramLabel = "DIR",
            defaultValue = "pretrained",
            description = "A model directory whose pieces and languages are used (default: ${DEFAULT-VALUE}).")
    Path like = Path.of("pretrained");

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "20",
            description = "How long each number of rows is decoded, at least (default: ${DEFAULT-VALUE}).")
    double seconds = 20;

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "capacity", Rounds.Clock.WALL);
        try (TemporaryFolder folder = TemporaryFolder.in(options.output)) {
            double begin = Rounds.Clock.WALL.now();
            double expertBytes = write(folder.path());
            report.list(List.of(
                    "clock of this benchmark: wall; times are of one run each",
                    "experts: " + Figures.gigabytes(expertBytes) + " GB, all weights: "
                            + Figures.gigabytes(bytes(folder.path())) + " GB, written in "
                            + Figures.of(Rounds.Clock.WALL.now() - begin) + " s"));
            Report.Table table = report.table(
                    "runs",
                    "memory limit, GB",
                    "opened after, s",
                    "first translation after, s",
                    "anonymous memory, GB",
                    "file pages in memory, GB",
                    "experts visited",
                    "rows/s at 1 row",
                    "at 32 rows",
                    "at 256 rows");
            Map<String, Double> free = probe(folder.path(), Optional.empty());
            table.row(row("none", free));
            long limit = (long) (value(free, "peak") + RESERVE + share * expertBytes);
            Optional<MemoryLimit> group = MemoryLimit.of(limit);
            if (group.isEmpty()) {
                report.line("");
                report.line("There is no second run: this process may not make a control group with a limit on memory."
                        + " Repeat it as root where Linux has a memory controller.");
                return 0;
            }
            try (MemoryLimit bound = group.get()) {
                table.row(row(Figures.gigabytes(limit), probe(folder.path(), Optional.of(bound))));
            }
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    private static double value(Map<String, Double> values, String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    private static String[] row(String limit, Map<String, Double> values) {
        List<String> row = new ArrayList<>(List.of(
                limit,
                Figures.of(value(values, "open")),
                Figures.of(value(values, "translated")),
                Figures.gigabytes(value(values, "anonymous")),
                Figures.gigabytes(value(values, "file")),
                Figures.percent(value(values, "visited"))));
        for (int rows : CapacityProbe.ROWS) {
            row.add(Figures.of(value(values, "rows" + rows)));
        }
        return row.toArray(new String[0]);
    }

    /**
     * Writes the model.
     *
     * @return bytes of the experts
     */
    private double write(Path directory) throws IOException {
        ModelConfiguration model = ModelDirectory.open(like).configuration();
        NetworkConfiguration network = new NetworkConfiguration(
                model.network().vocabularySize(),
                WIDTH,
                CELLS,
                3,
                2,
                true,
                1,
                new Attention(Form.PARALLEL, Score.FACTORISED, WIDTH),
                new Mixture(experts, PER_ROW, HIDDEN, List.of(2), List.of(1), 0, 0, 0, false),
                true,
                0,
                model.network().maximumLength());
        double needed = 2.0 * experts * 2 * WIDTH * HIDDEN * 1.1;
        if (Files.getFileStore(directory).getUsableSpace() < needed) {
            throw new BenchmarkException("the model needs " + Figures.gigabytes(needed) + " GB below " + directory
                    + ", but less is free there; --output names another place");
        }
        ModelDirectory.writeConfiguration(
                directory,
                new ModelConfiguration(
                        ModelConfiguration.FORMAT,
                        "capacity",
                        model.padId(),
                        model.bosId(),
                        model.eosId(),
                        model.directions(),
                        network));
        Files.copy(like.resolve(ModelDirectory.PIECES), directory.resolve(ModelDirectory.PIECES));
        List<TensorSource> tensors = new ArrayList<>();
        double expertBytes = 0;
        try (TranslationNetwork shapes = TranslationNetwork.of(network, Compute.FLOAT32)) {
            for (Map.Entry<String, Parameter> parameter :
                    shapes.namedParameters().entrySet()) {
                long[] shape = parameter.getValue().getShape().getShape();
                StoredType type = shape.length < MATRIX ? StoredType.F32 : StoredType.I8;
                double deviation = deviation(parameter.getKey(), shape);
                List<TensorSource> stored = RandomTensor.of(parameter.getKey(), type, deviation, shape);
                if (shape.length == STACK) {
                    expertBytes +=
                            stored.stream().mapToLong(TensorSource::bytes).sum();
                }
                tensors.addAll(stored);
            }
        }
        WeightFiles.write(directory.resolve(ModelDirectory.WEIGHTS), tensors, WeightFiles.DEFAULT_LIMIT);
        return expertBytes;
    }

    /** So that rows differ as much as pieces do, and with them the experts that they choose. */
    private static double deviation(String name, long[] shape) {
        if (name.startsWith("embedding")) {
            return 1;
        }
        return shape.length < MATRIX ? 0.01 : Math.sqrt(1.0 / shape[shape.length - 1]);
    }

    private static double bytes(Path directory) throws IOException {
        double sum = 0;
        for (Path file : weights(directory)) {
            sum += Files.size(file);
        }
        return sum;
    }

    private static List<Path> weights(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".safetensors"))
                    .toList();
        }
    }

    /** Runs the probe from files that are in no memory yet. */
    private Map<String, Double> probe(Path directory, Optional<MemoryLimit> limit)
            throws IOException, InterruptedException {
        for (Path file : weights(directory)) {
            forget(file);
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                CapacityProbe.class.getName(),
                directory.toString(),
                String.valueOf(options.threads),
                String.valueOf(seconds)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Map<String, Double> values = new LinkedHashMap<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            limit.ifPresent(group -> group.add(process.pid()));
            process.getOutputStream().write('\n');
            process.getOutputStream().close();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                values.put(words[0], Double.valueOf(words[1]));
            }
            int status = process.waitFor();
            if (status != 0) {
                throw new BenchmarkException("the process that was measured ended with status " + status
                        + (limit.isPresent() ? "; under its limit it may have run out of memory" : ""));
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return values;
    }

    /** Lets Linux drop a file's pages, so that they are read from the disk and count for who reads them. */
    private static void forget(Path file) throws IOException, InterruptedException {
        int status = new ProcessBuilder("dd", "if=" + file, "iflag=nocache", "count=0", "status=none")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .waitFor();
        if (status != 0) {
            throw new BenchmarkException(
                    "'dd iflag=nocache' of GNU coreutils is needed, but ended with status " + status);
        }
    }
}
