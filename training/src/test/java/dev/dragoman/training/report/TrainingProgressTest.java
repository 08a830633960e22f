package dev.dragoman.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TrainingProgressTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream output = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final AtomicLong nanoTime = new AtomicLong();

    @Test
    void show_linesWithTimeLeft() {
        try (TrainingProgress progress = progress(100, 1100, false)) {
            nanoTime.addAndGet(20_000_000_000L);
            progress.show(update(110));
        }
        assertThat(text())
                .isEqualTo("update 110 of 1,100, epoch 2: loss 3.500, 1,000 tokens/s, CV 0.25/0.50, 0:33:00 left\n");
    }

    @Test
    void show_oneLineInHalfAMinuteAndTheLast() {
        try (TrainingProgress progress = progress(0, 100, false)) {
            for (int update = 1; update <= 100; update++) {
                nanoTime.addAndGet(1_000_000_000L);
                progress.show(update(update));
            }
        }
        assertThat(text().lines().map(line -> line.split(" ", -1)[1])).containsExactly("1", "31", "61", "91", "100");
    }

    @Test
    void show_withoutExperts() {
        try (TrainingProgress progress = progress(0, 10, false)) {
            double none = Double.NaN;
            progress.show(new UpdateMetrics(10, 0, 1, 1000, 3.5, 3.25, 1e-4, 1.5, none, none, none, none, 0));
        }
        assertThat(text()).isEqualTo("update 10 of 10, epoch 0: loss 3.500, 1,000 tokens/s, 0:00:00 left\n");
    }

    @Test
    void show_evaluation() {
        try (TrainingProgress progress = progress(0, 100, false)) {
            progress.show(new DevMetrics(2000, 1, 60, "en-fr", 2, 7.389, Double.NaN, 30.456, 55.5));
            progress.show(DevMetrics.ofLoss(2000, 1, 60, "en-de", 2));
            progress.show(new DevMetrics(2000, 1, 60, "dev source", 2, 7.389, 27.5, Double.NaN, Double.NaN));
            progress.message("saved");
        }
        assertThat(text()).isEqualTo("""
                        update 2,000, dev en-fr: loss 2.0000, perplexity 7.39, BLEU 30.46, chrF2 55.50
                        update 2,000, dev en-de: loss 2.0000, perplexity 7.39
                        update 2,000, dev dev source: loss 2.0000, perplexity 7.39 per piece, 27.50 per word
                        saved
                        """);
    }

    @Test
    void show_bar() {
        try (TrainingProgress progress = progress(0, 100, true)) {
            nanoTime.addAndGet(1_000_000_000L);
            progress.show(update(50));
            progress.message("saved");
        }
        assertThat(text()).contains("50/100").contains("\u001B[Ksaved\n").contains("loss 3.500");
    }

    private TrainingProgress progress(long first, long last, boolean interactive) {
        return new TrainingProgress(first, last, output, interactive, nanoTime::get);
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static UpdateMetrics update(long update) {
        return new UpdateMetrics(update, 2, 12.5, 1000, 3.5, 3.25, 1e-4, 1.5, 0.25, 0.5, 0, 2, 0);
    }
}
