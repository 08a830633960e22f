package dev.dragoman.training.report;

import dev.dragoman.training.ExpertBalance;
import dev.dragoman.training.TrainingListener;
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
 * per direction and per sample. The first update tells where the run stands: after update 1 a new log begins, after a later one the log of
 * the run that is resumed goes on, without the rows of updates that are done again.
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
    private long parameters;

    /** Opens the progress of a run that has done {@code first} updates and ends at update {@code last}. */
    public interface ProgressOpener {
        TrainingProgress open(long first, long last);
    }

    /**
     * Reports into a run's directory.
     *
     * @param title names the run
     * @param updatesPerRow how many updates make one row, at least 1
     * @param progressOpener is asked once, at the first update; the progress is closed with this object
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

    /** Tells how many parameters the network has; before the first update. */
    public void parameters(long count) {
        parameters = count;
    }

    @Override
    public void updated(UpdateReport report) {
        Outlets opened = open(report);
        epoch = report.epoch();
        seconds = report.seconds();
        row.add(report);
        loads.add(report);
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

    /** Only after an update: an untrained network is not worth a row. */
    @Override
    public void validated(ValidationReport report) {
        Outlets opened = outlets;
        if (opened == null) {
            return;
        }
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

    private Outlets open(UpdateReport first) {
        if (outlets == null) {
            int done = first.update() - 1;
            TrainingProgress progress = progressOpener.open(done, first.updates());
            try {
                RunRecord record =
                        RunRecord.open(directory, title, parameters, done, first.updates(), progress::message);
                outlets = new Outlets(record, progress);
            } catch (RuntimeException e) {
                // A bar has a thread of its own.
                progress.close();
                throw e;
            }
        }
        return outlets;
    }

    private record Outlets(RunRecord record, TrainingProgress progress) {}
}
