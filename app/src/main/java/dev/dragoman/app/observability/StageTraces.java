package dev.dragoman.app.observability;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.sentences.StageListener;
import dev.dragoman.app.sentences.Stages;
import dev.dragoman.inference.LanguagePair;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Adds to the trace of a request what its sentences went through: the spans {@code queue}, {@code encode} and {@code decode}, below the
 * request's own, with the tags {@code model}, {@code pair}, {@code sentences}, {@code tokens} and {@code known}, the number of sentences that
 * needed no decoding. A request that goes by way of English has them twice.
 *
 * <p>They are written when the last sentence has ended, from the times that were noted; a request that is not traced costs a look at its
 * thread. Where it was not told when sentences were encoded, that time is part of {@code decode}.
 */
final class StageTraces implements StageListener {
    private final Tracer tracer;
    private final Ticker ticker;

    StageTraces(Tracer tracer, Ticker ticker) {
        this.tracer = tracer;
        this.ticker = ticker;
    }

    @Override
    public void submitted(String model, LanguagePair pair, int known, CompletableFuture<Stages> stages) {
        Span request = tracer.currentSpan();
        if (request == null || request.isNoop()) {
            return;
        }
        TraceContext parent = request.context();
        Instant now = Instant.now();
        long epoch = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - ticker.read();
        Supplier<Span.Builder> spans = () -> tracer.spanBuilder()
                .setParent(parent)
                .tag("model", model)
                .tag("pair", pair.toString())
                .tag("known", known);
        stages.thenAccept(reached -> write(reached, spans, epoch));
    }

    /** @param epoch how far readings of the ticker are behind the nanoseconds since 1970 */
    private static void write(Stages stages, Supplier<Span.Builder> spans, long epoch) {
        write("queue", stages.submitted(), stages.lastBegun(), stages, spans, epoch);
        if (stages.isEncodingKnown()) {
            write("encode", stages.begun(), stages.lastEncoded(), stages, spans, epoch);
        }
        write("decode", stages.firstEncoded(), stages.ended(), stages, spans, epoch);
    }

    private static void write(
            String name, long begin, long end, Stages stages, Supplier<Span.Builder> spans, long epoch) {
        spans.get()
                .name(name)
                .tag("sentences", stages.sentences())
                .tag("tokens", stages.tokens())
                .startTimestamp(epoch + begin, TimeUnit.NANOSECONDS)
                .start()
                .end(epoch + end, TimeUnit.NANOSECONDS);
    }

    @Override
    public <T, R> Function<T, R> carried(Function<T, R> step) {
        Span request = tracer.currentSpan();
        if (request == null || request.isNoop()) {
            return step;
        }
        return input -> {
            try (Tracer.SpanInScope scope = tracer.withSpan(request)) {
                return step.apply(input);
            }
        };
    }
}
