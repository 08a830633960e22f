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
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Listens to a trainer, and tells file, image and person.
 *
 * <p>Every few updates become one row of {@value #METRICS}, as means weighted by target tokens, and one of {@value #EXPERTS} for each
 * mixture layer; every validation becomes a row per
 * direction and draws {@value #CURVES} anew. The first update tells where the run stands: after update 1 a new log begins, after a
 * later one the log of the run that is resumed goes on, without the rows of updates that are done again.
 *
 * <p>A log that cannot be opened or written ends the run with an {@link UncheckedIOException}, since the disk is full or gone and the
 * next checkpoint would fail too; an image that cannot be drawn is told once and the run goes on.
 *
 * <p>Confined to the trainer's thread. The caller closes it.
 */
public final class TrainingReporter implements TrainingListener, Closeable {
    /** The log in the run's directory. */
    public static final String METRICS = "metrics.csv";

    /** The log of the mixture layers in the run's directory. */
    public static final String EXPERTS = "experts.csv";

    /** The image in the run's directory. */
    public static final String CURVES = "curves.png";

    private final Path directory;
    private final String title;
    private final int updatesPerRow;
    private final ProgressOpener progressOpener;
    private @Nullable Outlets outlets;
    private MetricsAccumulator row = new MetricsAccumulator();
    private int epoch;
    private double seconds;
    private boolean cannotDraw;
    private final Set<String> collapsed = new HashSet<>();

    /** Opens the progress of a run that has done {@code first} updates and ends at update {@code last}. */
    public interface ProgressOpener {
        TrainingProgress open(long first, long last);
    }

    /**
     * Reports into a run's directory.
     *
     * @param title names the run in the image
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

    @Override
    public void updated(UpdateReport report) {
        Outlets opened = open(report);
        epoch = report.epoch();
        seconds = report.seconds();
        row.add(report);
        if (report.update() % updatesPerRow == 0 || report.update() == report.updates()) {
            UpdateMetrics metrics = row.mean();
            List<ExpertMetrics> experts = row.experts();
            row = new MetricsAccumulator();
            write(() -> opened.log.append(metrics));
            for (ExpertMetrics layer : experts) {
                write(() -> opened.experts.append(layer));
            }
            opened.progress.show(metrics);
            experts.forEach(layer -> watch(layer, opened.progress));
        }
    }

    /** Tells when a layer collapses, and when it is well again; not at every row between. */
    private void watch(ExpertMetrics layer, TrainingProgress progress) {
        ExpertBalance balance = layer.balance();
        if (balance.collapsed() && collapsed.add(layer.layer())) {
            progress.message(String.format(
                    Locale.ROOT,
                    "warning: update %,d: %s has collapsed: its busiest expert computes %.1f times the mean (at most %.1f are"
                            + " possible), %.0f %% of its experts nothing; larger importanceWeight and loadWeight spread the rows",
                    layer.update(),
                    layer.layer(),
                    balance.overflow(),
                    balance.worstOverflow(),
                    100 * balance.idleShare()));
        } else if (!balance.collapsed() && collapsed.remove(layer.layer())) {
            progress.message(String.format(
                    Locale.ROOT,
                    "update %,d: %s has recovered: its busiest expert computes %.1f times the mean",
                    layer.update(),
                    layer.layer(),
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
            write(() -> opened.log.append(metrics));
            opened.progress.show(metrics);
        }
        draw(opened);
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
            draw(outlets);
            outlets.progress.close();
            outlets.log.close();
            outlets.experts.close();
        }
    }

    private Outlets open(UpdateReport first) {
        if (outlets == null) {
            int done = first.update() - 1;
            Path file = directory.resolve(METRICS);
            Path expertsFile = directory.resolve(EXPERTS);
            try {
                MetricsLog log = done == 0 ? MetricsLog.create(file) : MetricsLog.resume(file, done);
                ExpertsLog experts = done == 0 ? ExpertsLog.create(expertsFile) : ExpertsLog.resume(expertsFile, done);
                outlets = new Outlets(log, experts, progressOpener.open(done, first.updates()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return outlets;
    }

    private void draw(Outlets opened) {
        if (cannotDraw) {
            return;
        }
        Path curves = directory.resolve(CURVES);
        try {
            CurvesImage.write(opened.log.history(), title, curves);
        } catch (IOException e) {
            cannotDraw = true;
            opened.progress.message(curves + " is not drawn: " + e.getMessage());
        }
    }

    private static void write(Writing writing) {
        try {
            writing.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Writing {
        void run() throws IOException;
    }

    private record Outlets(MetricsLog log, ExpertsLog experts, TrainingProgress progress) {}
}
