package dev.dragoman.training.report;

import dev.dragoman.training.ExpertBalance;
import dev.dragoman.training.TrainingListener;
import dev.dragoman.training.TrainingState;
import dev.dragoman.training.UpdateReport;
import dev.dragoman.training.ValidationReport;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Listens to a trainer, and tells a {@link RunRecord} and a person.
 *
 * <p>Every few updates become one row, as means weighted by target tokens, and one for each mixture layer; every validation becomes a row
 * per direction and per sample. Where no update was done before a new log begins; else the log of the run that is resumed goes on,
 * without the rows of updates and validations that are done again.
 *
 * <p>A log that cannot be opened or written ends the run with an {@link UncheckedIOException}, since the disk is full or gone and the
 * next checkpoint would fail too. All else that cannot be written, such as the report, is told once and the run goes on.
 *
 * <p>Confined to the trainer's thread. The caller closes it.
 */
public final class TrainingReporter implements TrainingListener, Closeable {
    /** The log in the run's directory. */
    public static final String METRICS = "metrics.jsonl";

    /** The report for a browser in the run's directory. */
    public static final String REPORT = "report.html";

    /** The image in the run's directory. */
    public static final String CURVES = "curves.png";

    /** The folder of TensorBoard's events in the run's directory. */
    public static final String EVENTS = "events";

    private final Path directory;
    private final String title;
    private final int updatesPerRow;
    private final ProgressOpener progressOpener;
    private @Nullable Outlets outlets;
    private MetricsAccumulator row = new MetricsAccumulator();
    private final LoadAccumulator loads = new LoadAccumulator();
    private final Set<String> collapsed = new HashSet<>();
    private int epoch;
    private double seconds;

    /** Opens the progress of a run that has done {@code first} updates and ends at update {@code last}. */
    public interface ProgressOpener {
        TrainingProgress open(long first, long last);
    }

    /**
     * Reports into a run's directory.
     *
     * @param title names the run
     * @param updatesPerRow how many updates make one row, at least 1
     * @param progressOpener is asked once, when the run begins; the progress is closed with this object
     */
    public TrainingReporter(Path directory, String title, int updatesPerRow, ProgressOpener progressOpener) {
        if (updatesPerRow < 1) {
            throw new IllegalArgumentException("updatesPerRow must be at least 1, but is " + updatesPerRow);
        }
        this.directory = directory;
        this.title = title;
        this.updatesPerRow = updatesPerRow;
        this.progressOpener = progressOpener;
    }

    @Override
    public void begun(TrainingState state, int updates, long parameters) {
        epoch = state.epoch();
        seconds = state.seconds();
        TrainingProgress progress = progressOpener.open(state.update(), updates);
        try {
            RunRecord.Start start =
                    new RunRecord.Start(title, parameters, state.update(), state.lastValidation(), updates);
            outlets = new Outlets(RunRecord.open(directory, start, progress::message), progress);
        } catch (RuntimeException e) {
            // A bar has a thread of its own.
            progress.close();
            throw e;
        }
    }

    @Override
    public void updated(UpdateReport report) {
        Outlets opened = outlets();
        epoch = report.epoch();
        seconds = report.seconds();
        row.add(report);
        loads.add(report);
        if (report.passedOver()) {
            opened.progress.message(String.format(
                    Locale.ROOT,
                    "update %,d: passed over, since a gradient norm of %.3g is out of the ordinary",
                    report.update(),
                    report.gradientNorm()));
        }
        boolean last = report.update() == report.updates();
        if (report.update() % updatesPerRow == 0 || last) {
            UpdateMetrics metrics = row.mean();
            Map<String, ExpertBalance> balances = row.balances();
            row = new MetricsAccumulator();
            opened.record.add(metrics);
            balances.forEach((layer, balance) -> opened.record.add(BalanceMetrics.of(report.update(), layer, balance)));
            if (report.update() % LoadAccumulator.updatesPerStretch(report.updates(), updatesPerRow) == 0 || last) {
                loads.take(report.update()).forEach(opened.record::add);
            }
            opened.progress.show(metrics);
            balances.forEach((layer, balance) -> watch(report.update(), layer, balance, opened.progress));
            opened.record.refresh();
        }
    }

    /** Tells when a layer collapses, and when it is well again; not at every row between. */
    private void watch(int update, String layer, ExpertBalance balance, TrainingProgress progress) {
        if (balance.collapsed() && collapsed.add(layer)) {
            progress.message(String.format(
                    Locale.ROOT,
                    "warning: update %,d: %s has collapsed: its busiest expert computes %.1f times the mean (at most %.1f are"
                            + " possible), %.0f %% of its experts nothing; larger importanceWeight and loadWeight spread the rows",
                    update,
                    layer,
                    balance.overflow(),
                    balance.worstOverflow(),
                    100 * balance.idleShare()));
        } else if (!balance.collapsed() && collapsed.remove(layer)) {
            progress.message(String.format(
                    Locale.ROOT,
                    "update %,d: %s has recovered: its busiest expert computes %.1f times the mean",
                    update,
                    layer,
                    balance.overflow()));
        }
    }

    @Override
    public void validated(ValidationReport report) {
        Outlets opened = outlets();
        for (ValidationReport.Direction direction : report.directions()) {
            DevMetrics metrics = new DevMetrics(
                    report.update(),
                    epoch,
                    seconds,
                    direction.name(),
                    direction.negativeLogLikelihood(),
                    direction.perplexity(),
                    direction.wordPerplexity(),
                    direction.bleu(),
                    direction.chrf());
            opened.record.add(metrics);
            opened.progress.show(metrics);
        }
        for (ValidationReport.Sample sample : report.samples()) {
            opened.record.add(new SampleMetrics(
                    report.update(),
                    sample.direction(),
                    sample.sentence(),
                    sample.source(),
                    sample.reference(),
                    sample.translation()));
        }
        opened.record.validated();
    }

    @Override
    public void saved(Path checkpoint) {
        if (outlets != null) {
            outlets.progress.message("saved " + checkpoint);
        }
    }

    @Override
    public void close() throws IOException {
        if (outlets != null) {
            try {
                outlets.record.close();
            } finally {
                outlets.progress.close();
            }
        }
    }

    private Outlets outlets() {
        if (outlets == null) {
            throw new IllegalStateException("the run has not begun");
        }
        return outlets;
    }

    private record Outlets(RunRecord record, TrainingProgress progress) {}
}
