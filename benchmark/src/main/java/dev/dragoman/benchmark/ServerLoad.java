package dev.dragoman.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code server-load}: what a server can translate at most, and what its clients see at that rate, below it and far above it. */
@Command(
        name = "server-load",
        description =
                "Starts a server and measures its capacity, then loads it with Poisson arrivals of single sentences at shares of that capacity."
                        + " The sentence cache is off, so that every sentence is translated.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ServerLoad implements Callable<Integer> {
    /** A server of the default settings accepts 4,096. */
    private static final int CONNECTIONS = 3_900;

    private static final double GOOD_SECONDS = 0.25;
    /** MLPerf's rule for servers of translation: this share within the time. */
    private static final double GOOD_SHARE = 0.97;

    private static final long SEED = 5;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    ServerOptions options = new ServerOptions();

    @Option(
            names = "--percent",
            split = ",",
            paramLabel = "P",
            defaultValue = "50,80,95,150,400",
            description = "Rates of arrival, in percent of the capacity (default: ${DEFAULT-VALUE}).")
    List<Double> percents = List.of();

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "300",
            description = "How long each rate is kept up (default: ${DEFAULT-VALUE}).")
    double seconds = 300;

    @Option(
            names = "--capacity-seconds",
            paramLabel = "S",
            defaultValue = "60",
            description = "How long the capacity is measured, and the rate of one client (default: ${DEFAULT-VALUE}).")
    double capacitySeconds = 60;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "256",
            description =
                    "Clients that measure the capacity, always waiting for an answer (default: ${DEFAULT-VALUE}).")
    int clients = 256;

    @Option(
            names = "--patience",
            paramLabel = "MS",
            defaultValue = "250",
            description =
                    "Rates above 100 are kept up a second time by clients that say in X-Request-Timeout that they wait so long, and so"
                            + " is each step of the search; 0: not (default: ${DEFAULT-VALUE}).")
    int patience = 250;

    @Option(
            names = "--search-steps",
            paramLabel = "N",
            defaultValue = "5",
            description =
                    "Halvings in search of the highest rate at which 97 %% are answered within 250 ms; 0: no search"
                            + " (default: ${DEFAULT-VALUE}).")
    int searchSteps = 5;

    @Option(
            names = "--search-seconds",
            paramLabel = "S",
            defaultValue = "60",
            description = "How long each step of the search lasts (default: ${DEFAULT-VALUE}).")
    double searchSeconds = 60;

    private final Random random = new Random(SEED);

    @Override
    public Integer call() {
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "server-load");
        LoadSentences sentences = LoadSentences.of(options.sentences);
        report.list(List.of("sentences: " + sentences.size() + ", "
                + String.format(
                        Locale.ROOT,
                        "%.1f words on average",
                        sentences.all().stream()
                                .mapToInt(sentence -> sentence.split("\\s+").length)
                                .average()
                                .orElse(0))
                + ", into " + options.target));
        List<String> properties = new ArrayList<>(options.properties);
        properties.add("dragoman.cache.size=0");
        try (BenchedServer server = BenchedServer.dragoman(properties);
                LoadClient client = new LoadClient(server.port(), CONNECTIONS)) {
            measure(report, server, client, sentences);
            List<String> complaints = server.complaints();
            report.list(List.of("errors and warnings that the server has logged: " + complaints.size()));
            report.list(complaints.stream().limit(5).toList());
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    private void measure(Report report, BenchedServer server, LoadClient client, LoadSentences sentences) {
        Supplier<byte[]> plain = () -> LoadRequests.translate(sentences.next(), options.target);
        String header = "X-Request-Timeout: " + patience;
        Supplier<byte[]> patient =
                patience == 0 ? plain : () -> LoadRequests.translate(sentences.next(), options.target, header);
        // Compiles what is hot and fills the pools.
        new LoadStage(Math.min(20, capacitySeconds)).closed(client, clients, plain);
        double one = new LoadStage(capacitySeconds).closed(client, 1, plain).throughput();
        double capacity =
                new LoadStage(capacitySeconds).closed(client, clients, plain).throughput();
        report.list(List.of(
                "one client: " + Figures.of(one) + " sentences/s",
                "capacity, " + clients + " clients: " + Figures.of(capacity) + " sentences/s, "
                        + Figures.of(capacity / one) + " times one client"));
        Stages stages = new Stages(report, server, client, capacity);
        double usual = 0;
        double overloaded = 0;
        double usualInTime = 0;
        double overloadedInTime = 0;
        for (double percent : percents) {
            LoadStage stage = stages.run(Figures.of(percent) + " %", percent / 100, seconds, plain);
            if (percent <= 100) {
                usual = Math.max(usual, stage.throughput());
                usualInTime = Math.max(usualInTime, stage.goodput(GOOD_SECONDS));
                continue;
            }
            overloaded = stage.throughput();
            if (patience > 0) {
                overloadedInTime = stages.run(
                                Figures.of(percent) + " %" + ofPatience(), percent / 100, seconds, patient)
                        .goodput(GOOD_SECONDS);
            }
        }
        report.line("");
        if (usual > 0 && overloaded > 0) {
            report.list(List.of("answers a second at the highest rate against the best at or below 100 %: "
                    + Figures.percent(overloaded / usual)));
        }
        if (usualInTime > 0 && overloadedInTime > 0) {
            report.list(List.of("the same within 250 ms, where clients say that they wait " + patience + " ms: "
                    + Figures.percent(overloadedInTime / usualInTime)));
        }
        if (searchSteps > 0) {
            search(report, stages, patient);
        }
    }

    /** Halves the interval between a rate that keeps the rule and one that does not. */
    private void search(Report report, Stages stages, Supplier<byte[]> requests) {
        double low = 0;
        double high = 1.1;
        for (int step = 0; step < searchSteps; step++) {
            double share = low == 0 && step == 0 ? 0.6 : (low + high) / 2;
            LoadStage stage = stages.run(
                    "search, " + Figures.of(100 * share) + " %" + ofPatience(), share, searchSeconds, requests);
            if (stage.share(GOOD_SECONDS) >= GOOD_SHARE) {
                low = share;
            } else {
                high = share;
            }
        }
        report.line("");
        report.list(List.of("97 % within 250 ms up to " + Figures.percent(low) + " of the capacity" + ofPatience()));
    }

    private String ofPatience() {
        return patience == 0 ? "" : ", clients wait " + patience + " ms";
    }

    /** Stages of one server, a row of a table each. */
    private final class Stages {
        private final BenchedServer server;
        private final LoadClient client;
        private final double capacity;
        private final Report.Table table;

        Stages(Report report, BenchedServer server, LoadClient client, double capacity) {
            this.server = server;
            this.client = client;
            this.capacity = capacity;
            table = report.table(
                    "open load",
                    "rate",
                    "sent/s",
                    "answered/s",
                    "words of each",
                    "within 250 ms/s",
                    "share within 250 ms",
                    "p50, ms",
                    "p95, ms",
                    "p99, ms",
                    "refused and failed",
                    "429 without Retry-After",
                    "health p99, ms",
                    "processor time, s/s",
                    "answers per second of it",
                    "resident, MB",
                    "and at the end",
                    "change");
        }

        LoadStage run(String name, double share, double stageSeconds, Supplier<byte[]> requests) {
            LoadStage stage = new LoadStage(stageSeconds);
            try (ServerWatch watch = new ServerWatch(server, stage.settlingSeconds())) {
                stage.open(client, share * capacity, requests, random);
                double before = watch.residentBefore();
                double after = server.residentBytes();
                double processors = watch.processors();
                table.row(
                        name,
                        Figures.of(stage.sent() / stage.countedSeconds()),
                        Figures.of(stage.throughput()),
                        Double.isNaN(stage.words()) ? "-" : Figures.of(stage.words()),
                        Figures.of(stage.goodput(GOOD_SECONDS)),
                        Figures.percent(stage.share(GOOD_SECONDS)),
                        milliseconds(stage.percentile(0.5)),
                        milliseconds(stage.percentile(0.95)),
                        milliseconds(stage.percentile(0.99)),
                        failures(stage.statuses()),
                        String.valueOf(stage.refusedWithoutTime()),
                        milliseconds(watch.healthPercentile(0.99)),
                        Figures.of(processors),
                        Figures.of(stage.throughput() / processors),
                        Figures.of(before / 1e6),
                        Figures.of(after / 1e6),
                        String.format(Locale.ROOT, "%+.1f %%", 100 * (after / before - 1)));
            }
            return stage;
        }
    }

    private static String milliseconds(double value) {
        return Double.isNaN(value) ? "-" : Figures.milliseconds(value);
    }

    private static String failure(int status) {
        return status == LoadClient.BROKEN
                ? "broken"
                : status == LoadClient.NOT_CONNECTED ? "not connected" : String.valueOf(status);
    }

    private static String failures(Map<Integer, Long> statuses) {
        String failures = statuses.entrySet().stream()
                .filter(entry -> entry.getKey() != 200)
                .map(entry -> failure(entry.getKey()) + ": " + entry.getValue())
                .collect(Collectors.joining(", "));
        return failures.isEmpty() ? "none" : failures;
    }
}
