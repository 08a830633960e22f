package dev.dragoman.app.detection;

import dev.dragoman.app.configuration.DetectionAccuracy;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the languages of texts. Its models are read once, by whoever needs them first: the warm-up or a request. */
public final class LanguageDetection {
    private static final Logger log = LoggerFactory.getLogger(LanguageDetection.class);

    private final FutureTask<TextClassifier> classifier;

    /**
     * Reads nothing yet.
     *
     * @param served codes of the served languages, asked for when the models are read
     */
    public LanguageDetection(Supplier<Collection<String>> served, DetectionAccuracy accuracy) {
        classifier = new FutureTask<>(() -> {
            long begin = System.nanoTime();
            TextClassifier read = new TextClassifier(served.get(), accuracy.isTrigramsOnly());
            log.debug("Language detection is ready after {} ms", (System.nanoTime() - begin) / 1_000_000);
            return read;
        });
    }

    /** Begins to read the models, beside the caller. */
    void warmUp() {
        Thread thread = new Thread(classifier, "language-detection");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The languages that a text may be in, likeliest first; never empty, {@link Detection#UNKNOWN} alone if it cannot be told. Waits for
     * the models where they are still being read.
     */
    public List<Detection> detect(String text) {
        // Does nothing if it was run before; waits below if another thread runs it now.
        classifier.run();
        try {
            List<Detection> detections = classifier.get().classify(text);
            return detections.isEmpty() ? List.of(Detection.UNKNOWN) : detections;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the models of languages were read", interrupted);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("The models of languages cannot be read", failed.getCause());
        }
    }
}
