package dev.dragoman.app.sentences;

import dev.dragoman.inference.TranslationSession;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is measured about one model's queue and decoders, each with the tag {@code model}.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><td>{@code translation.queue.tokens}</td><td>gauge: source tokens waiting or reserved</td></tr>
 * <tr><td>{@code translation.queue.sentences}</td><td>gauge by {@code lane}: sentences waiting</td></tr>
 * <tr><td>{@code translation.queue.held}</td><td>gauge: requests that wait for room in the queue</td></tr>
 * <tr><td>{@code translation.queue.time}</td><td>timer by {@code lane}: from submission to a decoder, per sentence</td></tr>
 * <tr><td>{@code translation.first.token}, {@code translation.last.token}</td><td>timers with histogram, by {@code lane}: from submission to
 *     the first step and to the end, per sentence</td></tr>
 * <tr><td>{@code translation.step.time}</td><td>timer: one decoder step</td></tr>
 * <tr><td>{@code translation.step.rows}</td><td>summary: hypotheses that took part in a step</td></tr>
 * <tr><td>{@code translation.step.padding}</td><td>summary: share of a step's padded source tokens that are padding, 0 to 1</td></tr>
 * <tr><td>{@code translation.tokens.source}, {@code translation.tokens.target}</td><td>counters: tokens read and written, of sentences that
 *     were finished</td></tr>
 * <tr><td>{@code translation.rejections}</td><td>counter by {@code reason}: requests refused</td></tr>
 * <tr><td>{@code translation.cancellations}</td><td>counter by {@code reason}: sentences given up</td></tr>
 * </table>
 */
public final class SchedulerMetrics {
    /** Why a request was not admitted. */
    enum Rejection {
        /** The queue stayed full as long as the request was held. */
        QUEUE_FULL("queue-full"),
        /** So many were held already that this one was not. */
        TOO_MANY_HELD("too-many-held"),
        /** So much was to be done before it that its turn would have come late, though its client might wait. */
        TOO_LONG_A_WAIT("too-long-a-wait"),
        /** It could not have been ready when its client stops waiting. */
        TOO_LATE("too-late"),
        /** More than the queue ever holds. */
        TOO_LARGE("too-large"),
        SHUTTING_DOWN("shutting-down");

        private final String tag;

        Rejection(String tag) {
            this.tag = tag;
        }
    }

    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration MOST = Duration.ofMinutes(1);

    private final MeterRegistry registry;
    private final Tags tags;
    private final Map<Lane, Timer> queueTime = new EnumMap<>(Lane.class);
    private final Map<Lane, Timer> firstToken = new EnumMap<>(Lane.class);
    private final Map<Lane, Timer> lastToken = new EnumMap<>(Lane.class);
    private final Map<Rejection, Counter> rejections = new EnumMap<>(Rejection.class);
    private final Map<Cancellation, Counter> cancellations = new EnumMap<>(Cancellation.class);
    private final Timer stepTime;
    private final DistributionSummary stepRows;
    private final DistributionSummary stepPadding;
    private final Counter sourceTokens;
    private final Counter targetTokens;

    public SchedulerMetrics(MeterRegistry registry, String modelName) {
        this.registry = registry;
        this.tags = Tags.of("model", modelName);
        for (Lane lane : Lane.values()) {
            Tags both = tags.and("lane", lane.tag());
            queueTime.put(lane, registry.timer("translation.queue.time", both));
            firstToken.put(lane, histogram("translation.first.token", both));
            lastToken.put(lane, histogram("translation.last.token", both));
        }
        for (Rejection reason : Rejection.values()) {
            rejections.put(reason, registry.counter("translation.rejections", tags.and("reason", reason.tag)));
        }
        for (Cancellation reason : Cancellation.values()) {
            cancellations.put(reason, registry.counter("translation.cancellations", tags.and("reason", reason.tag())));
        }
        stepTime = registry.timer("translation.step.time", tags);
        stepRows = registry.summary("translation.step.rows", tags);
        stepPadding = registry.summary("translation.step.padding", tags);
        sourceTokens = registry.counter("translation.tokens.source", tags);
        targetTokens = registry.counter("translation.tokens.target", tags);
    }

    private Timer histogram(String name, Tags both) {
        return Timer.builder(name)
                .tags(both)
                .publishPercentileHistogram()
                .minimumExpectedValue(LEAST)
                .maximumExpectedValue(MOST)
                .register(registry);
    }

    void watchQueue(Supplier<Number> tokens, Function<Lane, Number> sentences, Supplier<Number> held) {
        Gauge.builder("translation.queue.tokens", tokens).tags(tags).register(registry);
        Gauge.builder("translation.queue.held", held).tags(tags).register(registry);
        for (Lane lane : Lane.values()) {
            Gauge.builder("translation.queue.sentences", () -> sentences.apply(lane))
                    .tags(tags.and("lane", lane.tag()))
                    .register(registry);
        }
    }

    void recordQueueTime(Lane lane, long nanos) {
        record(queueTime, lane, nanos);
    }

    void recordFirstToken(Lane lane, long nanos) {
        record(firstToken, lane, nanos);
    }

    /** A sentence is finished. */
    void recordLastToken(Lane lane, long nanos, int source, int target) {
        record(lastToken, lane, nanos);
        sourceTokens.increment(source);
        targetTokens.increment(target);
    }

    private static void record(Map<Lane, Timer> timers, Lane lane, long nanos) {
        Timer timer = timers.get(lane);
        if (timer != null) {
            timer.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** @param occupancy behind the step: without what ended in it, but with its rows */
    void recordStep(TranslationSession.Occupancy occupancy, long nanos) {
        stepTime.record(nanos, TimeUnit.NANOSECONDS);
        stepRows.record(occupancy.rows());
        if (occupancy.paddedTokens() > 0) {
            stepPadding.record(1 - (double) occupancy.sourceTokens() / occupancy.paddedTokens());
        }
    }

    void countRejection(Rejection reason) {
        Counter counter = rejections.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }

    void countCancellation(Cancellation reason) {
        Counter counter = cancellations.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }
}
