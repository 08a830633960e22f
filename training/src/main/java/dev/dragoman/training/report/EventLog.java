package dev.dragoman.training.report;

import dev.dragoman.training.report.tensorboard.EventFile;
import dev.dragoman.training.report.tensorboard.EventMessage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The rows of a run as TensorBoard reads them: scalars under {@code train/}, {@code dev/DIRECTION/} and {@code experts/LAYER/}, the
 * translations of the samples as texts, and the experts' load over time as pictures.
 *
 * <p>Confined to one thread. The caller closes it.
 */
final class EventLog implements Closeable {
    private static final double MILLIS = 1000;

    private final EventFile file;
    private final InstantSource clock;

    private EventLog(EventFile file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /** Opens the events of a run that has done {@code update} updates; at 0 it is a new one, and events of an old one are removed. */
    static EventLog open(Path folder, long update, InstantSource clock) throws IOException {
        double now = clock.millis() / MILLIS;
        return new EventLog(update == 0 ? EventFile.create(folder, now) : EventFile.resume(folder, now, update), clock);
    }

    /** Appends a row; kinds that TensorBoard has no use for are left out. */
    void append(MetricsRow row) throws IOException {
        EventMessage.Values values = values(row.update());
        if (row instanceof UpdateMetrics metrics) {
            values.scalar("train/loss", metrics.loss())
                    .scalar("train/nll", metrics.negativeLogLikelihood())
                    .scalar("train/perplexity", Math.exp(metrics.negativeLogLikelihood()))
                    .scalar("train/learning_rate", metrics.learningRate())
                    .scalar("train/gradient_norm", metrics.gradientNorm())
                    .scalar("train/tokens_per_second", metrics.tokensPerSecond())
                    .scalar("train/epoch", metrics.epoch());
        } else if (row instanceof BalanceMetrics metrics) {
            String layer = "experts/" + metrics.layer() + "/";
            values.scalar(layer + "importance_cv", metrics.importanceCv())
                    .scalar(layer + "load_cv", metrics.loadCv())
                    .scalar(layer + "idle_share", metrics.idleShare())
                    .scalar(layer + "overflow", metrics.overflow());
        } else if (row instanceof DevMetrics metrics) {
            String direction = "dev/" + metrics.direction() + "/";
            values.scalar(direction + "loss", metrics.loss())
                    .scalar(direction + "perplexity", metrics.perplexity())
                    .scalar(direction + "word_perplexity", metrics.wordPerplexity())
                    .scalar(direction + "bleu", metrics.bleu())
                    .scalar(direction + "chrf", metrics.chrf());
        } else if (row instanceof SampleMetrics sample) {
            values.text("samples/" + sample.direction() + "/" + sample.sentence(), markdown(sample));
        } else {
            return;
        }
        file.append(values.event());
    }

    /** Appends the picture of a layer's load up to now. */
    void append(long update, String layer, HeatMapImage image) throws IOException {
        file.append(values(update)
                .image("experts/" + layer + "/load", image.width(), image.height(), image.png())
                .event());
    }

    private EventMessage.Values values(long update) {
        return EventMessage.values(clock.millis() / MILLIS, update);
    }

    private static String markdown(SampleMetrics sample) {
        return "| | |\n| --- | --- |\n| source | " + cell(sample.source())
                + " |\n| reference | " + cell(sample.reference())
                + " |\n| translation | " + cell(sample.translation()) + " |\n";
    }

    /** What Markdown or HTML would read as more than text is escaped. */
    private static String cell(String text) {
        return PlainText.of(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replaceAll("([\\\\`*_{}\\[\\]()#+.!|~-])", "\\\\$1");
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
