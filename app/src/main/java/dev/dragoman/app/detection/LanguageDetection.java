package dev.dragoman.app.detection;

import dev.dragoman.app.configuration.DetectionAccuracy;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the languages of texts. Its models are read once, by whoever needs them first: the warm-up or a request; those of further
 * languages when other languages are served.
 */
public final class LanguageDetection {
    private static final Logger log = LoggerFactory.getLogger(LanguageDetection.class);

    private final Supplier<? extends Collection<String>> served;
    private final Function<Set<String>, TextClassifier> reader;
    private @Nullable Classifier newest;

    /** What tells languages where some are served. */
    private record Classifier(Set<String> served, FutureTask<TextClassifier> task) {}

    /**
     * Reads nothing yet.
     *
     * @param served codes of the served languages, asked for at every text, since they change with the models
     */
    public LanguageDetection(Supplier<? extends Collection<String>> served, DetectionAccuracy accuracy) {
        this(served, codes -> new TextClassifier(codes, accuracy.isTrigramsOnly()));
    }

    /** @param reader reads the models for served languages */
    LanguageDetection(Supplier<? extends Collection<String>> served, Function<Set<String>, TextClassifier> reader) {
        this.served = served;
        this.reader = reader;
    }

    private synchronized FutureTask<TextClassifier> classifier() {
        Set<String> codes = Set.copyOf(served.get());
        Classifier present = newest;
        if (present == null || !present.served().equals(codes)) {
            present = new Classifier(codes, new FutureTask<>(() -> read(codes)));
            newest = present;
        }
        return present.task();
    }

    private TextClassifier read(Set<String> codes) {
        long begin = System.nanoTime();
        TextClassifier read = reader.apply(codes);
        log.debug("Language detection is ready after {} ms", (System.nanoTime() - begin) / 1_000_000);
        return read;
    }

    /** Begins to read the models, beside the caller. */
    void warmUp() {
        Thread thread = new Thread(() -> classifier().run(), "language-detection");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The languages that a text may be in, likeliest first; never empty, {@link Detection#UNKNOWN} alone if it cannot be told. Waits for
     * the models where they are still being read.
     */
    public List<Detection> detect(String text) {
        FutureTask<TextClassifier> classifier = classifier();
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
