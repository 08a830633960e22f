package dev.dragoman.app.sentences;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What is measured about one model's queue and batches, each with the tag {@code model}.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><td>{@code translation.queue.tokens}</td><td>gauge: source tokens waiting or reserved</td></tr>
 * <tr><td>{@code translation.queue.time}</td><td>timer: from submission to a batch, per sentence</td></tr>
 * <tr><td>{@code translation.batch.time}</td><td>timer: decoding, per batch</td></tr>
 * <tr><td>{@code translation.batch.sentences}</td><td>summary: sentences per batch</td></tr>
 * <tr><td>{@code translation.batch.tokens}</td><td>summary: source tokens per batch, padding excluded</td></tr>
 * </table>
 */
public final class SchedulerMetrics {
    private final MeterRegistry registry;
    private final Tags tags;
    private final Timer queueTime;
    private final Timer batchTime;
    private final DistributionSummary batchSentences;
    private final DistributionSummary batchTokens;

    public SchedulerMetrics(MeterRegistry registry, String modelName) {
        this.registry = registry;
        this.tags = Tags.of("model", modelName);
        queueTime = registry.timer("translation.queue.time", tags);
        batchTime = registry.timer("translation.batch.time", tags);
        batchSentences = registry.summary("translation.batch.sentences", tags);
        batchTokens = registry.summary("translation.batch.tokens", tags);
    }

    void watchQueue(Supplier<Number> tokens) {
        Gauge.builder("translation.queue.tokens", tokens).tags(tags).register(registry);
    }

    void recordQueueTime(long nanos) {
        queueTime.record(nanos, TimeUnit.NANOSECONDS);
    }

    void recordBatch(int sentences, int tokens, long nanos) {
        batchTime.record(nanos, TimeUnit.NANOSECONDS);
        batchSentences.record(sentences);
        batchTokens.record(tokens);
    }
}
