package dev.dragoman.benchmark;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the benchmarks of a running server can be told. */
final class ServerOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            defaultValue = "runs/benchmarks",
            description = "Where the report and its tables are written (default: ${DEFAULT-VALUE}).")
    Path output = Path.of("runs/benchmarks");

    @Option(
            names = "--sentences",
            paramLabel = "FILE",
            description =
                    "English sentences, one a line or in the first column of a TSV, also .xz; by default strings of programs"
                            + " that come with the benchmark, put together.")
    @Nullable
    Path sentences;

    @Option(
            names = "--target",
            paramLabel = "CODE",
            defaultValue = "fr",
            description = "The language to translate into (default: ${DEFAULT-VALUE}).")
    String target = "fr";

    @Option(
            names = "--property",
            paramLabel = "NAME=VALUE",
            description = "A property of the server, such as dragoman.translation.beam-size=1; may be repeated.")
    List<String> properties = new ArrayList<>();

    /** Begins a report with the description of the machine. */
    Report report(PrintWriter screen, String name) {
        dev.dragoman.model.Engines.prepare();
        Report report = new Report(screen, output, name);
        report.line("`./dragoman bench " + name + "`");
        report.line("");
        report.list(Machine.describe(1, Rounds.Clock.WALL));
        report.list(List.of("clients: one thread of Netty in the process of the benchmark, on the same machine"));
        if (!properties.isEmpty()) {
            report.list(List.of("properties: " + String.join(" ", properties)));
        }
        return report;
    }
}
