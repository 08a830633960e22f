package dev.dragoman.training.report;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows a person how far a run is: a bar on a terminal, a line now and then anywhere else.
 *
 * <p>Confined to one thread. The caller closes it.
 */
public final class TrainingProgress implements AutoCloseable {
    private static final int BAR_REFRESH_MILLIS = 500;
    private static final Duration LINE_INTERVAL = Duration.ofSeconds(30);

    private final long first;
    private final long last;
    private final PrintStream output;
    private final LongSupplier nanoTime;
    private final long start;
    private final Object outputLock = new Object();
    private final @Nullable ProgressBar bar;
    private long lastLine;

    /** A bar on {@code output} if {@code interactive}, else lines; time is read from {@code nanoTime}. */
    TrainingProgress(long first, long last, PrintStream output, boolean interactive, LongSupplier nanoTime) {
        this.first = first;
        this.last = last;
        this.output = output;
        this.nanoTime = nanoTime;
        start = nanoTime.getAsLong();
        lastLine = start - LINE_INTERVAL.toNanos();
        bar = interactive ? bar() : null;
    }

    /**
     * Progress on the standard output.
     *
     * @param first number of updates done before, by the run that is resumed; else 0
     * @param last number of updates at which the run ends
     */
    public static TrainingProgress onStandardOutput(long first, long last) {
        return new TrainingProgress(first, last, System.out, isTerminal(), System::nanoTime);
    }

    /** Shows these metrics; may be called for every update, and shows no more than a person can read. */
    public void show(UpdateMetrics metrics) {
        if (bar != null) {
            bar.stepTo(metrics.update());
            bar.setExtraMessage(" " + numbers(metrics));
            return;
        }
        long now = nanoTime.getAsLong();
        if (now - lastLine >= LINE_INTERVAL.toNanos() || metrics.update() >= last) {
            lastLine = now;
            output.println(String.format(
                    Locale.ROOT,
                    "update %,d of %,d, epoch %d: %s, %s",
                    metrics.update(),
                    last,
                    metrics.epoch(),
                    numbers(metrics),
                    timeLeft(metrics.update(), now)));
        }
    }

    /** Shows the result of an evaluation, on a line that stays. */
    public void show(DevMetrics metrics) {
        String words = Double.isNaN(metrics.wordPerplexity())
                ? ""
                : String.format(Locale.ROOT, " per piece, %.2f per word", metrics.wordPerplexity());
        String scores = Double.isNaN(metrics.bleu())
                ? ""
                : String.format(Locale.ROOT, ", BLEU %.2f, chrF2 %.2f", metrics.bleu(), metrics.chrf());
        message(String.format(
                Locale.ROOT,
                "update %,d, dev %s: loss %.4f, perplexity %.2f%s%s",
                metrics.update(),
                metrics.direction(),
                metrics.loss(),
                metrics.perplexity(),
                words,
                scores));
    }

    /** Shows a line that stays. */
    public void message(String line) {
        synchronized (outputLock) {
            // The bar has no line end; its rest would show behind a shorter message.
            output.print(bar == null ? "" : "\r\u001B[K");
            output.println(line);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }

    private ProgressBar bar() {
        return new ProgressBarBuilder()
                .setTaskName("updates")
                .setInitialMax(last)
                .startsFrom(first, Duration.ZERO)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(BAR_REFRESH_MILLIS)
                // The time of the updates done before a resumption is not known here.
                .setEtaFunction(state -> remaining(state.getCurrent(), nanoTime.getAsLong()))
                .setConsumer(new LockedConsumer(output, outputLock))
                .build();
    }

    private static String numbers(UpdateMetrics metrics) {
        return String.format(
                Locale.ROOT,
                "loss %.3f, %,.0f tokens/s%s",
                metrics.loss(),
                metrics.tokensPerSecond(),
                balance(metrics));
    }

    private static String balance(UpdateMetrics metrics) {
        return Double.isNaN(metrics.importanceCv())
                ? ""
                : String.format(Locale.ROOT, ", CV %.2f/%.2f", metrics.importanceCv(), metrics.loadCv());
    }

    private String timeLeft(long update, long now) {
        return remaining(update, now)
                .map(left -> String.format(
                        Locale.ROOT, "%d:%02d:%02d left", left.toHours(), left.toMinutesPart(), left.toSecondsPart()))
                .orElse("time left unknown");
    }

    private Optional<Duration> remaining(long update, long now) {
        long done = update - first;
        if (done <= 0) {
            return Optional.empty();
        }
        double perUpdate = (double) (now - start) / done;
        return Optional.of(Duration.ofNanos((long) (perUpdate * Math.max(0, last - update))));
    }

    /** Whether somebody looks at a terminal that can move its cursor. */
    @SuppressWarnings("SystemConsoleNull") // the newer JDKs are asked below
    private static boolean isTerminal() {
        Map<String, String> environment = System.getenv();
        if (System.console() == null || environment.getOrDefault("TERM", "dumb").equals("dumb")) {
            return false;
        }
        try {
            // From JDK 22 on there may be a console although the output goes to a file; this method says so.
            return (boolean) Console.class.getMethod("isTerminal").invoke(System.console());
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /** Keeps the bar's own thread from writing into the middle of a message. */
    private static final class LockedConsumer extends ConsoleProgressBarConsumer {
        private final Object lock;

        LockedConsumer(PrintStream output, Object lock) {
            super(output);
            this.lock = lock;
        }

        @Override
        public void accept(String line) {
            synchronized (lock) {
                super.accept(line);
            }
        }
    }
}
