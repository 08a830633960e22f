package dev.dragoman.training.report;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All that a run writes of itself into its folder while it goes: the log, which it cannot do without, and what is made of it, which it can:
 * report, image, TensorBoard's events, and the file that says how it stands.
 *
 * <p>Confined to one thread. The caller closes it.
 */
final class RunRecord implements Closeable {
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(30);
    private static final Duration STATE_INTERVAL = Duration.ofSeconds(10);
    /** Pictures in TensorBoard over a run; it keeps ten of a tag. */
    private static final int EVENT_IMAGES = 32;

    private final Path directory;
    private final String name;
    private final long parameters;
    private final long updates;
    private final String began;
    private final MetricsLog log;
    private final RunOverview overview = new RunOverview();
    private final Attempts attempts;
    private final Pace reportPace;
    private final Pace curvesPace;
    private final Pace statePace;
    private final @Nullable RunLock lock;
    private @Nullable EventLog events;
    private long update;
    private long imagesUpdate;

    /**
     * Where a run begins, or goes on.
     *
     * @param name of the run
     * @param parameters of the network, 0 if not known
     * @param done number of updates done: 0 begins a new record, else the one that is there goes on, without its later rows
     * @param validated the update of the last validation; rows of later ones are left out likewise
     * @param updates length of the run
     */
    record Start(String name, long parameters, long done, long validated, long updates) {}

    private RunRecord(Path directory, Start start, Attempts attempts, @Nullable RunLock lock) throws IOException {
        this.directory = directory;
        name = start.name();
        parameters = start.parameters();
        updates = start.updates();
        long done = start.done();
        update = done;
        imagesUpdate = done;
        this.attempts = attempts;
        this.lock = lock;
        LongSupplier nanoTime = System::nanoTime;
        reportPace = new Pace(nanoTime);
        curvesPace = new Pace(nanoTime);
        statePace = new Pace(nanoTime);
        Path file = directory.resolve(TrainingReporter.METRICS);
        log = done == 0 ? MetricsLog.create(file) : MetricsLog.resume(file, done, start.validated());
        if (done > 0) {
            log.forEach(overview::add);
        }
        began = done == 0 || overview.sessions().isEmpty()
                ? now()
                : overview.sessions().get(0).time();
        Path folder = directory.resolve(TrainingReporter.EVENTS);
        attempts.attempt(folder, () -> events = EventLog.open(folder, done, InstantSource.system()));
        add(new SessionMetrics(done, updates, name, now()));
    }

    /**
     * Opens the record of a run.
     *
     * @param teller is told what a person should know, a line at a time
     * @throws UncheckedIOException if the log cannot be opened, or another process trains in the folder
     */
    static RunRecord open(Path directory, Start start, Consumer<String> teller) {
        try {
            Files.createDirectories(directory);
            Attempts attempts = new Attempts(teller);
            // First of all, since the other would lose its log.
            RunLock lock = lock(directory, attempts);
            try {
                return new RunRecord(directory, start, attempts, lock);
            } catch (IOException | RuntimeException e) {
                if (lock != null) {
                    lock.close();
                }
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lock of the folder; null where there are no locks. */
    private static @Nullable RunLock lock(Path directory, Attempts attempts) throws IOException {
        AtomicReference<@Nullable RunLock> taken = new AtomicReference<>();
        if (attempts.attempt(RunLock.NAME, () -> taken.set(RunLock.take(directory))) && taken.get() == null) {
            throw new IOException(
                    directory + " is the folder of a run that another process trains: stop that one, or name"
                            + " another folder");
        }
        return taken.get();
    }

    /**
     * Adds a row.
     *
     * @throws UncheckedIOException if the log cannot be written
     */
    void add(MetricsRow row) {
        update = Math.max(update, row.update());
        try {
            log.append(row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        overview.add(row);
        toEvents(opened -> opened.append(row));
    }

    /** Brings up to date what is not written at every row, where it is time. */
    void refresh() {
        if (statePace.due(STATE_INTERVAL)) {
            statePace.work(() -> writeState(RunState.RUNNING));
        }
        if (reportPace.due(REPORT_INTERVAL)) {
            reportPace.work(() -> writeReport(RunState.RUNNING));
        }
    }

    /** After the rows of a validation: shows them soon. */
    void validated() {
        if (reportPace.due(Duration.ZERO)) {
            reportPace.work(() -> writeReport(RunState.RUNNING));
        }
        if (curvesPace.due(Duration.ZERO)) {
            curvesPace.work(this::drawCurves);
        }
        if (update - imagesUpdate >= updates / EVENT_IMAGES) {
            drawLoads();
        }
    }

    private void drawLoads() {
        imagesUpdate = update;
        overview.loads()
                .forEach((layer, loads) ->
                        toEvents(opened -> opened.append(update, layer, HeatMapImage.of(loads.shares()))));
    }

    private void toEvents(EventWriting writing) {
        EventLog opened = events;
        // A file with half a record cannot be read beyond it, so the first failure is the last.
        if (opened != null
                && !attempts.attempt(directory.resolve(TrainingReporter.EVENTS), () -> writing.writeTo(opened))) {
            events = null;
            attempts.attempt(directory.resolve(TrainingReporter.EVENTS), opened::close);
        }
    }

    private void writeState(RunState state) {
        attempts.attempt(directory.resolve(RunFile.NAME), () -> file(state).write(directory));
    }

    private void writeReport(RunState state) {
        Path report = directory.resolve(TrainingReporter.REPORT);
        attempts.attempt(report, () -> ReportPage.write(overview, file(state), report));
    }

    private void drawCurves() {
        Path curves = directory.resolve(TrainingReporter.CURVES);
        attempts.attempt(curves, () -> CurvesImage.write(overview, name, curves));
    }

    private RunFile file(RunState state) {
        UpdateMetrics last = overview.last();
        return new RunFile(
                RunFile.FORMAT,
                name,
                state,
                parameters,
                update,
                updates,
                last == null ? 0 : last.seconds(),
                last == null ? Double.NaN : last.tokensPerSecond(),
                began,
                now(),
                host(),
                ProcessHandle.current().pid());
    }

    static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    private static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    @Override
    public void close() throws IOException {
        RunState state = update >= updates ? RunState.COMPLETE : RunState.STOPPED;
        writeState(state);
        writeReport(state);
        drawCurves();
        drawLoads();
        EventLog opened = events;
        if (opened != null) {
            attempts.attempt(directory.resolve(TrainingReporter.EVENTS), opened::close);
        }
        RunLock held = lock;
        if (held != null) {
            attempts.attempt(RunLock.NAME, held::close);
        }
        log.close();
    }

    private interface EventWriting {
        void writeTo(EventLog events) throws IOException;
    }
}
