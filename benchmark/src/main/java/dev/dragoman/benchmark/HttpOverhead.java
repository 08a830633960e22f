package dev.dragoman.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code server-http}: what a request costs beside the translation. */
@Command(
        name = "server-http",
        description =
                "Processor time per request of a server whose model returns what it is given, and of one that has the answer in its cache,"
                        + " beside a bare Netty server that returns the request's body and one that reads and writes JSON; each in a process of its own, by turns.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class HttpOverhead implements Callable<Integer> {
    private static final String TEXT = "The file could not be saved because the disk is full.";

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    ServerOptions options = new ServerOptions();

    @Option(
            names = "--connections",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,16,256",
            description =
                    "Clients, each of which sends its next request when it has its answer (default: ${DEFAULT-VALUE}).")
    List<Integer> connections = List.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "7",
            description = "Turns of each server; medians are of the ratios within a round (default: ${DEFAULT-VALUE}).")
    int rounds = 7;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "3",
            description = "Of each turn (default: ${DEFAULT-VALUE}).")
    double seconds = 3;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            defaultValue = "30",
            description = "Seconds of load before anything is counted, of each server (default: ${DEFAULT-VALUE}).")
    double warmUp = 30;

    @Option(
            names = "--server-jvm",
            split = " ",
            paramLabel = "OPTION",
            description = "Options of the server's JVM, separated by spaces, such as one that records a profile.")
    List<String> jvmOptions = new ArrayList<>();

    private final AtomicLong number = new AtomicLong();

    /** A server and what is asked of it. */
    private record Contender(BenchedServer server, LoadClient client, Supplier<byte[]> requests) {}

    /** What one turn told. */
    private record Turn(double cpuSecondsPerRequest, double perSecond, double median, double p99) {}

    @Override
    public Integer call() {
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "server-http");
        report.list(List.of("clock: processor time of all threads of the server's process", "rounds: " + rounds));
        byte[] always = LoadRequests.translate(TEXT, options.target);
        try (BenchedServer netty = BenchedServer.netty();
                BenchedServer json = BenchedServer.netty("json");
                BenchedServer dragoman = BenchedServer.dragomanWithEcho(jvmOptions);
                LoadClient toNetty = new LoadClient(netty.port(), 1_000);
                LoadClient toJson = new LoadClient(json.port(), 1_000);
                LoadClient toDragoman = new LoadClient(dragoman.port(), 1_000)) {
            Map<String, Contender> contenders = new LinkedHashMap<>();
            contenders.put("bare Netty", new Contender(netty, toNetty, () -> always));
            contenders.put("the same, JSON read and written", new Contender(json, toJson, () -> always));
            contenders.put(
                    "model that echoes",
                    new Contender(
                            dragoman,
                            toDragoman,
                            () -> LoadRequests.translate(TEXT + " " + number.incrementAndGet(), options.target)));
            contenders.put("cache hit", new Contender(dragoman, toDragoman, () -> always));
            for (Contender contender : contenders.values()) {
                turn(contender, 16, warmUp);
            }
            for (int count : connections) {
                measure(report, contenders, count);
            }
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    private void measure(Report report, Map<String, Contender> contenders, int count) {
        Map<String, Turn[]> turns = new LinkedHashMap<>();
        contenders.keySet().forEach(name -> turns.put(name, new Turn[rounds]));
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, Contender> one : contenders.entrySet()) {
                Objects.requireNonNull(turns.get(one.getKey()))[round] = turn(one.getValue(), count, seconds);
            }
        }
        Map<String, double[]> cpu = new LinkedHashMap<>();
        turns.forEach((name, all) -> cpu.put(name, figures(all, Turn::cpuSecondsPerRequest)));
        Rounds ratios = new Rounds(cpu);
        Report.Table table = report.table(
                count + (count == 1 ? " connection" : " connections"),
                "server",
                "processor time a request, us",
                "times bare Netty",
                "requests/s",
                "p50, ms",
                "p99, ms");
        turns.forEach((name, all) -> table.row(
                name,
                Figures.of(1e6 * ratios.median(name)),
                Figures.of(ratios.ratio(name, "bare Netty")),
                Figures.of(Rounds.median(figures(all, Turn::perSecond))),
                Figures.milliseconds(Rounds.median(figures(all, Turn::median))),
                Figures.milliseconds(Rounds.median(figures(all, Turn::p99)))));
    }

    private static double[] figures(Turn[] turns, java.util.function.ToDoubleFunction<Turn> figure) {
        return java.util.Arrays.stream(turns).mapToDouble(figure).toArray();
    }

    private static Turn turn(Contender contender, int count, double turnSeconds) {
        // All of it counts: there is no queue to fill, and processor time is told for the whole only.
        LoadStage stage = new LoadStage(turnSeconds, 0);
        double before = contender.server().cpuSeconds();
        stage.closed(contender.client(), count, contender.requests());
        double used = contender.server().cpuSeconds() - before;
        if (stage.statuses().keySet().stream().anyMatch(status -> status != 200)) {
            throw new BenchmarkException("answers by status: " + stage.statuses() + "; the server wrote:\n"
                    + contender.server().lastLines());
        }
        return new Turn(used / stage.sent(), stage.throughput(), stage.percentile(0.5), stage.percentile(0.99));
    }
}
