package dev.dragoman.app.models;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.sentences.RequestContext;
import dev.dragoman.app.sentences.SentenceRoute;
import dev.dragoman.app.sentences.StageListener;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationConstraints;
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
 * bridge)}. Each sentence goes on when its own first leg has ended, and may be refused then; the first is kept by the cache for the
 * caller who comes back.
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
    public CompletableFuture<InFlight> translate(
            Map<String, Integer> sentences, LanguagePair pair, TranslationOptions options, RequestContext request) {
        Function<Translation, CompletableFuture<Translation>> secondLeg =
                listener.carried(bridged -> onward(bridged, pair, options, request));
        return first.translate(sentences, new LanguagePair(pair.source(), bridge), best(options), request)
                .thenApply(begun -> {
                    Map<String, CompletableFuture<Translation>> ways = new LinkedHashMap<>();
                    begun.sentences().forEach((sentence, leg) -> ways.put(sentence, leg.thenCompose(secondLeg)));
                    return new InFlight(ways);
                });
    }

    /** Only the best translation goes on, so the first leg asks for no other. */
    private static TranslationOptions best(TranslationOptions options) {
        return options.withBeam(options.beamSize(), 1).withConstraints(TranslationConstraints.NONE);
    }

    private CompletableFuture<Translation> onward(
            Translation leg, LanguagePair pair, TranslationOptions options, RequestContext request) {
        // The sentence may have been translated for another request, and the models may be gone.
        if (request.isOver()) {
            throw new ServiceException.Cancelled();
        }
        BridgeText text = BridgeText.of(leg.text(), bridge, reader);
        Map<String, Integer> tokens = new LinkedHashMap<>();
        text.collect(tokens);
        return second.translate(
                        tokens, new LanguagePair(bridge, pair.target()), onward(options, tokens.size()), request)
                .thenCompose(InFlight::translations)
                .thenApply(translated -> joined(leg, text.hypotheses(translated)));
    }

    /** A bridge sentence in several parts does not tell which of them has what is required. */
    private static TranslationOptions onward(TranslationOptions options, int parts) {
        TranslationConstraints constraints = options.constraints();
        return parts == 1 || constraints.isEmpty()
                ? options
                : options.withConstraints(new TranslationConstraints("", constraints.banned(), List.of()));
    }

    private static Translation joined(Translation leg, List<Translation.Hypothesis> hypotheses) {
        Translation.Hypothesis way = leg.hypotheses().get(0);
        return new Translation(
                hypotheses.stream()
                        .map(end -> new Translation.Hypothesis(
                                end.text(),
                                way.score() + end.score(),
                                end.tokens(),
                                way.truncated() || end.truncated(),
                                composed(way.alignment(), end.alignment()),
                                end.unmet()))
                        .toList(),
                leg.sourceTokens());
    }

    /** From the words of the target by way of those of the bridge to those of the source; empty where one of the legs does not tell. */
    private static List<Integer> composed(List<Integer> ofBridge, List<Integer> ofTarget) {
        return ofTarget.stream().allMatch(word -> word < ofBridge.size())
                ? ofTarget.stream().map(ofBridge::get).toList()
                : List.of();
    }
}
