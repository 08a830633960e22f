package dev.dragoman.app.models;

import dev.dragoman.app.sentences.Deadline;
import dev.dragoman.app.sentences.SentenceRoute;
import dev.dragoman.app.sentences.StageListener;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Translates by way of a bridge language, sentence by sentence: the best translation into the bridge is what is translated into the
 * target. Each leg goes through the cache and the queue of its own model, so a bridge sentence that is known is not translated again.
 *
 * <p>A score is the sum of both legs', as far as the first is known to be the only way: {@code log p(bridge | source) + log p(target |
 * bridge)}. The second leg is admitted when the first has ended, and may be refused then; the first is kept by the cache for the caller
 * who comes back.
 */
final class PivotRoute implements SentenceRoute {
    private final SentenceRoute first;
    private final SentenceRoute second;
    private final Translator reader;
    private final String bridge;
    private final StageListener listener;

    /**
     * @param reader the model of the second leg, which says what it can read
     * @param bridge code of the language in the middle
     * @param listener carries what is known of a request over to its second leg
     */
    PivotRoute(SentenceRoute first, SentenceRoute second, Translator reader, String bridge, StageListener listener) {
        this.first = first;
        this.second = second;
        this.reader = reader;
        this.bridge = bridge;
        this.listener = listener;
    }

    @Override
    public CompletableFuture<Map<String, Translation>> translate(
            Map<String, Integer> sentences, LanguagePair pair, TranslationOptions options, Deadline deadline) {
        Function<Map<String, Translation>, CompletableFuture<Map<String, Translation>>> secondLeg =
                listener.carried(bridged -> onward(bridged, pair, options, deadline));
        return first.translate(sentences, new LanguagePair(pair.source(), bridge), best(options), deadline)
                .thenCompose(secondLeg);
    }

    /** Only the best translation goes on, so the first leg asks for no other. */
    private static TranslationOptions best(TranslationOptions options) {
        return new TranslationOptions(
                options.beamSize(),
                1,
                options.lengthPenalty(),
                options.coveragePenalty(),
                options.maximumLengthFactor());
    }

    private CompletableFuture<Map<String, Translation>> onward(
            Map<String, Translation> bridged, LanguagePair pair, TranslationOptions options, Deadline deadline) {
        Map<String, BridgeText> texts = new LinkedHashMap<>();
        Map<String, Integer> tokens = new LinkedHashMap<>();
        bridged.forEach((sentence, translation) -> {
            BridgeText text = BridgeText.of(translation.text(), bridge, reader);
            text.collect(tokens);
            texts.put(sentence, text);
        });
        return second.translate(tokens, new LanguagePair(bridge, pair.target()), options, deadline)
                .thenApply(translated -> {
                    Map<String, Translation> result = new LinkedHashMap<>();
                    texts.forEach((sentence, text) -> {
                        Translation leg = bridged.get(sentence);
                        if (leg != null) {
                            result.put(sentence, joined(leg, text.hypotheses(translated)));
                        }
                    });
                    return result;
                });
    }

    private static Translation joined(Translation leg, List<Translation.Hypothesis> hypotheses) {
        Translation.Hypothesis way = leg.hypotheses().get(0);
        return new Translation(
                hypotheses.stream()
                        .map(end -> new Translation.Hypothesis(
                                end.text(),
                                way.score() + end.score(),
                                end.tokens(),
                                way.truncated() || end.truncated()))
                        .toList(),
                leg.sourceTokens());
    }
}
