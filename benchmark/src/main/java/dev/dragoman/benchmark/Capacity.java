package dev.dragoman.benchmark;

import dev.dragoman.model.configuration.NetworkConfiguration.Form;
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
                    + " then the same where memory has room for a share of the experts only, in a control group of Linux.",
            "Needs 9 GB of disk, which it gives back."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class Capacity implements Callable<Integer> {
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
            split = ",",
            defaultValue = "1,0.5,0.25",
            description =
                    "Of the experts' bytes, what memory has room for in the runs after the first (default: ${DEFAULT-VALUE}).")
    List<Double> shares = List.of();

    @Mixin
    PaperOptions paper = new PaperOptions();

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
            double expertBytes = PaperModel.write(folder.path(), paper.like, Form.PARALLEL, experts);
            report.list(List.of(
                    "clock of this benchmark: wall; times are of one run each",
                    "experts: " + Figures.gigabytes(expertBytes) + " GB, all weights: "
                            + Figures.gigabytes(bytes(folder.path())) + " GB, written in "
                            + Figures.of(Rounds.Clock.WALL.now() - begin) + " s"));
            Report.Table table = report.table(
                    "runs",
                    "room for experts",
                    "memory limit, GB",
                    "opened after, s",
                    "first translation after, s",
                    "anonymous memory, GB",
                    "file pages in memory, GB",
                    "experts visited",
                    "rows/s at 1 row",
                    "at 32 rows",
                    "at 256 rows",
                    "of the first run's, 1 row",
                    "32 rows",
                    "256 rows");
            Map<String, Double> free = probe(folder.path(), Optional.empty());
            table.row(row("all", "none", free, free));
            for (double share : shares) {
                long limit = limit(value(free, "peak"), share, expertBytes);
                Optional<MemoryLimit> group = MemoryLimit.of(limit);
                if (group.isEmpty()) {
                    report.line("");
                    report.line(
                            "There are no further runs: this process may not make a control group with a limit on memory."
                                    + " Repeat it as root where Linux has a memory controller.");
                    break;
                }
                try (MemoryLimit bound = group.get()) {
                    table.row(row(
                            Figures.percent(share),
                            Figures.gigabytes(limit),
                            probe(folder.path(), Optional.of(bound)),
                            free));
                }
            }
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    /**
     * What a process may take that has room for a share of the experts.
     *
     * @param anonymous the most that it takes of memory that is no file's
     */
    static long limit(double anonymous, double share, double expertBytes) {
        return (long) (anonymous + RESERVE + share * expertBytes);
    }

    private static double value(Map<String, Double> values, String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    private static String[] row(String share, String limit, Map<String, Double> values, Map<String, Double> first) {
        List<String> row = new ArrayList<>(List.of(
                share,
                limit,
                Figures.of(value(values, "open")),
                Figures.of(value(values, "translated")),
                Figures.gigabytes(value(values, "anonymous")),
                Figures.gigabytes(value(values, "file")),
                Figures.percent(value(values, "visited"))));
        for (int rows : CapacityProbe.ROWS) {
            row.add(Figures.of(value(values, "rows" + rows)));
        }
        for (int rows : CapacityProbe.ROWS) {
            row.add(Figures.percent(value(values, "rows" + rows) / value(first, "rows" + rows)));
        }
        return row.toArray(new String[0]);
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
                // It reads experts where they are mapped; the kernels keep them in memory.
                "-Ddragoman.cpu-kernels=none",
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
