package dev.dragoman.benchmark;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.Engines;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all benchmarks can be told. */
final class BenchmarkOptions {
    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec command;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            defaultValue = "runs/benchmarks",
            description = "Where the report, its tables and drawings are written (default: ${DEFAULT-VALUE}).")
    Path output = Path.of("runs/benchmarks");

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Threads of libtorch and of the native kernels; with one, CPU time is measured, else wall time (default: ${DEFAULT-VALUE}).")
    int threads = 1;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "7",
            description =
                    "Turns of each contender; medians are of the ratios within a round (default: ${DEFAULT-VALUE}).")
    int rounds = 7;

    @Option(
            names = "--quick-ceilings",
            hidden = true,
            description = "For tests: measures the ceilings in a moment, and wrongly.")
    boolean quickCeilings;

    /** What to count with these threads. */
    Rounds.Clock clock() {
        return Rounds.Clock.of(threads);
    }

    /** Sets the engine up; before anything of DJL loads. */
    void prepareEngine() {
        if (threads < 1 || rounds < 1) {
            throw new BenchmarkException(
                    "--threads and --rounds must be 1 or more, but are " + threads + " and " + rounds);
        }
        Engines.prepare();
        System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
    }

    /** Begins a report with the description of the machine. */
    Report report(PrintWriter screen, String name) {
        Report report = report(screen, name, clock());
        report.list(List.of("rounds: " + rounds));
        return report;
    }

    /** As {@link #report(PrintWriter, String)}, of a benchmark without rounds and with a clock of its own. */
    Report report(PrintWriter screen, String name, Rounds.Clock clock) {
        Report report = new Report(screen, output, name);
        report.line("`./dragoman bench " + arguments(name) + "`");
        report.line("");
        report.list(Machine.describe(threads, clock));
        return report;
    }

    private String arguments(String name) {
        CommandLine.ParseResult parsed =
                command == null ? null : command.root().commandLine().getParseResult();
        return parsed == null ? name : String.join(" ", parsed.originalArgs());
    }

    /** Measures the ceilings and reports them. */
    Ceilings ceilings(NDManager manager, Report report) {
        Ceilings ceilings =
                quickCeilings ? Ceilings.measure(manager, clock(), 64, 1 << 16) : Ceilings.measure(manager, clock());
        report.list(List.of(
                "ceilings: float32 products " + Figures.rate(ceilings.float32()) + " GFLOP/s, bfloat16 products "
                        + Figures.rate(ceilings.bfloat16()) + " GFLOP/s, memory read " + Figures.rate(ceilings.read())
                        + " GB/s"));
        return ceilings;
    }
}
