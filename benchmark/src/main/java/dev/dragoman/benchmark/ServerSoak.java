package dev.dragoman.benchmark;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code server-soak}: whether a server that is used in every way for a long time keeps what it takes. */
@Command(
        name = "server-soak",
        description =
                "Starts a server, sends it requests of all kinds for a long time, bad ones and ones whose clients hang up among them, and looks"
                        + " each minute at its heap after a collection, its resident memory, its threads and its open files.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ServerSoak implements Callable<Integer> {
    private static final long SEED = 11;
    /** So small that it is full after minutes: what a cache takes until it is full is no leak. */
    private static final String CACHE = "2MB";

    /** The first part of the time, in which caches fill and code is compiled, is shown but not judged. */
    private static final double WARM_UP_SHARE = 0.2;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    ServerOptions options = new ServerOptions();

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "60",
            description = "How long (default: ${DEFAULT-VALUE}).")
    double minutes = 60;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "40",
            description = "Requests a second, as a Poisson process (default: ${DEFAULT-VALUE}).")
    double rate = 40;

    @Option(
            names = "--every",
            paramLabel = "S",
            defaultValue = "60",
            description = "Seconds from one look to the next (default: ${DEFAULT-VALUE}).")
    double every = 60;

    private final Random random = new Random(SEED);

    /** Requests of one kind by their status, and those of them that had another than they should have. */
    private static final class Tally {
        final Map<Integer, Long> statuses = new TreeMap<>();
        long unexpected;

        synchronized void add(int status, boolean isExpected) {
            statuses.merge(status, 1L, Long::sum);
            unexpected += isExpected ? 0 : 1;
        }

        @Override
        public synchronized String toString() {
            return statuses + (unexpected == 0 ? "" : ", UNEXPECTED: " + unexpected);
        }
    }

    private final Map<String, Tally> tallies = new TreeMap<>();

    @Override
    public Integer call() {
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "server-soak");
        report.list(List.of("load: " + Figures.of(rate) + " requests/s for " + Figures.of(minutes) + " minutes"));
        LoadSentences sentences = LoadSentences.of(options.sentences);
        List<String> properties = new ArrayList<>(List.of("dragoman.cache.size=" + CACHE));
        properties.addAll(options.properties);
        try (BenchedServer server = BenchedServer.dragoman(properties);
                ServerInside inside = ServerInside.of(server);
                LoadClient client = new LoadClient(server.port(), 1_000)) {
            Trends trends = new Trends(report, server, inside);
            long begin = System.nanoTime();
            long end = begin + (long) (minutes * 60e9);
            double due = begin;
            double look = begin;
            while (due < end) {
                if (due >= look) {
                    trends.look((look - begin) / 3600e9);
                    look += every * 1e9;
                }
                due += -Math.log(1 - random.nextDouble()) / rate * 1e9;
                for (long left = (long) due - System.nanoTime(); left > 0; left = (long) due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                send(client, sentences);
            }
            trends.look((System.nanoTime() - begin) / 3600e9);
            trends.judge();
            report.line("");
            tallies.forEach((kind, tally) -> report.list(List.of(kind + ", by status: " + tally)));
            List<String> complaints = server.complaints();
            report.list(List.of("errors and warnings that the server has logged: " + complaints.size()));
            report.list(complaints.stream().limit(5).toList());
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    private void send(LoadClient client, LoadSentences sentences) {
        String text = sentences.next();
        switch (random.nextInt(10)) {
            case 0 ->
                good(
                        client,
                        "alternatives",
                        LoadRequests.post(
                                "/translate",
                                Map.of("q", text, "source", "en", "target", options.target, "alternatives", 2)));
            case 1 ->
                good(
                        client,
                        "HTML",
                        LoadRequests.post(
                                "/translate",
                                Map.of(
                                        "q",
                                        "<p>" + text.replaceAll("[<>&]", " ") + " <b>Save it.</b></p>",
                                        "source",
                                        "auto",
                                        "target",
                                        options.target,
                                        "format",
                                        "html")));
            case 2 ->
                good(
                        client,
                        "lists",
                        LoadRequests.post(
                                "/translate",
                                Map.of(
                                        "q",
                                        List.of(text, sentences.next(), sentences.next()),
                                        "source",
                                        "en",
                                        "target",
                                        options.target)));
            case 3 ->
                good(
                        client,
                        "streams",
                        LoadRequests.translate(
                                text + " " + sentences.next(), options.target, "Accept: application/x-ndjson"));
            case 4 -> good(client, "detect", LoadRequests.post("/detect", Map.of("q", text)));
            case 5 ->
                good(
                        client,
                        "DeepL",
                        LoadRequests.post(
                                "/v2/translate",
                                Map.of(
                                        "text",
                                        List.of(text),
                                        "source_lang",
                                        "EN",
                                        "target_lang",
                                        options.target.toUpperCase(java.util.Locale.ROOT))));
            case 6 -> bad(client);
            case 7 -> hangUp(client, text + " " + sentences.next() + " " + sentences.next());
            default -> good(client, "sentences", LoadRequests.translate(text, options.target));
        }
    }

    private Tally tally(String kind) {
        return tallies.computeIfAbsent(kind, added -> new Tally());
    }

    private void good(LoadClient client, String kind, byte[] request) {
        Tally tally = tally(kind);
        client.send(
                request,
                // A sentence of a real corpus may have a word that is longer than a model reads.
                (status, retryAfter, now) -> tally.add(status, status == 200 || status == 429 || status == 400));
    }

    private void bad(LoadClient client) {
        Tally tally = tally("bad requests");
        byte[] request = switch (random.nextInt(4)) {
            case 0 -> LoadRequests.get("/nothing/" + random.nextInt());
            case 1 ->
                LoadRequests.post(
                        "/translate", "application/json", "{\"q\": [1, {\"a\":".getBytes(StandardCharsets.UTF_8));
            case 2 -> LoadRequests.post("/translate", Map.of("q", "x", "source", "en", "target", "xx"));
            default -> LoadRequests.post("/translate", "text/plain", new byte[random.nextInt(100_000)]);
        };
        client.send(request, (status, retryAfter, now) -> tally.add(status, status >= 400 && status < 500));
    }

    private void hangUp(LoadClient client, String text) {
        Tally tally = tally("clients that hang up");
        client.sendAndKill(
                random.nextBoolean()
                        ? LoadRequests.translate(text, options.target)
                        : LoadRequests.translate(text, options.target, "Accept: text/event-stream"),
                1 + random.nextInt(150),
                (status, retryAfter, now) -> tally.add(
                        status, status == LoadClient.BROKEN || status == 200 || status == 429 || status == 400));
    }

    /** What is looked at, a row of a table each time. */
    private final class Trends {
        private final Report report;
        private final BenchedServer server;
        private final ServerInside inside;
        private final Report.Table table;
        private final Trend heap = new Trend();
        private final Trend resident = new Trend();
        private final Trend threads = new Trend();
        private final Trend files = new Trend();

        Trends(Report report, BenchedServer server, ServerInside inside) {
            this.report = report;
            this.server = server;
            this.inside = inside;
            table = report.table(
                    "every " + Figures.of(every) + " seconds",
                    "minutes",
                    "heap after a collection, MB",
                    "resident, MB",
                    "threads",
                    "open files");
        }

        void look(double hours) {
            double used = inside.heapAfterCollection();
            double bytes = server.residentBytes();
            int running = inside.threads();
            long open = inside.openFiles();
            table.row(
                    Figures.of(60 * hours),
                    Figures.of(used / 1e6),
                    Figures.of(bytes / 1e6),
                    String.valueOf(running),
                    String.valueOf(open));
            if (60 * hours >= WARM_UP_SHARE * minutes) {
                heap.add(hours, used / 1e6);
                resident.add(hours, bytes / 1e6);
                threads.add(hours, running);
                files.add(hours, open);
            }
        }

        void judge() {
            report.line("");
            report.list(List.of(
                    "heap, MB, " + heap.verdict(),
                    "resident, MB, " + resident.verdict(),
                    "threads, " + threads.verdict(),
                    "open files, " + files.verdict()));
        }
    }
}
