package dev.dragoman.training.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * How a run stands, read from its folder.
 *
 * @param folder of the run
 * @param name from its recipe
 * @param state whether it goes on; a run whose process was killed is stopped
 * @param update number of updates done
 * @param updates at which it ends
 * @param seconds of training so far
 * @param tokensPerSecond at the last report; NaN if there was none
 * @param parameters of the network; 0 if that is not known
 * @param changed when it last gave a sign, in the form of ISO 8601
 * @param best of each direction the best evaluation
 */
public record RunSummary(
        String folder,
        String name,
        RunState state,
        long update,
        long updates,
        double seconds,
        double tokensPerSecond,
        long parameters,
        String changed,
        List<DevMetrics> best) {
    /** A run that was not heard of for so long has ended, where no lock can tell. */
    private static final Duration SILENCE = Duration.ofMinutes(5);

    public RunSummary {
        best = List.copyOf(best);
    }

    /** Whether a folder looks like that of a run. */
    public static boolean isRun(Path folder) {
        return Files.isRegularFile(folder.resolve(RunFile.NAME))
                || Files.isRegularFile(folder.resolve(TrainingReporter.METRICS));
    }

    /**
     * Reads a run's folder, also while it is trained.
     *
     * @throws IOException if its files are missing or broken; the message names the file
     */
    public static RunSummary read(Path folder) throws IOException {
        return read(folder, Instant.now());
    }

    static RunSummary read(Path folder, Instant now) throws IOException {
        RunFile run = RunFile.read(folder);
        RunOverview overview = new RunOverview();
        Path metrics = folder.resolve(TrainingReporter.METRICS);
        if (Files.exists(metrics)) {
            MetricsLog.read(metrics, kind -> kind.equals(MetricsRow.DEV))
                    .evaluations()
                    .forEach(overview::add);
        }
        return new RunSummary(
                folder.toString(),
                run.name(),
                state(folder, run, now),
                run.update(),
                run.updates(),
                run.seconds(),
                run.tokensPerSecond(),
                run.parameters(),
                run.changed(),
                overview.best().values().stream().map(RunOverview.Best::metrics).toList());
    }

    private static RunState state(Path folder, RunFile run, Instant now) {
        if (run.state() != RunState.RUNNING) {
            return run.state();
        }
        boolean here = RunRecord.host().equals(run.host());
        try {
            if (RunLock.held(folder)) {
                return RunState.RUNNING;
            }
            if (here) {
                return RunState.STOPPED;
            }
        } catch (IOException e) {
            // This file system has no locks; the time of the last sign has to do.
        }
        return heardOf(run, now) ? RunState.RUNNING : RunState.STOPPED;
    }

    private static boolean heardOf(RunFile run, Instant now) {
        try {
            return Duration.between(Instant.parse(run.changed()), now).compareTo(SILENCE) < 0;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    /** As JSON of several. */
    public static String json(List<RunSummary> runs) {
        return MetricsJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(runs);
    }
}
