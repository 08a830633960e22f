package dev.dragoman.app.sentences;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * What one model has translated, by language pair: counters with the tags {@code model} and {@code pair}. Sentences from the cache are not
 * among them.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><td>{@code translation.decoded.sentences}</td><td>counter: sentences decoded</td></tr>
 * <tr><td>{@code translation.decoded.tokens.source}</td><td>counter: their source tokens</td></tr>
 * <tr><td>{@code translation.decoded.tokens.target}</td><td>counter: the tokens of their best translations; its rate is the speed</td></tr>
 * </table>
 */
public final class SentenceMetrics {
    private final MeterRegistry registry;
    private final String model;

    public SentenceMetrics(MeterRegistry registry, String model) {
        this.registry = registry;
        this.model = model;
    }

    String model() {
        return model;
    }

    void record(LanguagePair pair, Translation translation) {
        Tags tags = Tags.of("model", model, "pair", pair.toString());
        registry.counter("translation.decoded.sentences", tags).increment();
        registry.counter("translation.decoded.tokens.source", tags).increment(translation.sourceTokens());
        registry.counter("translation.decoded.tokens.target", tags)
                .increment(translation.hypotheses().get(0).tokens());
    }
}
