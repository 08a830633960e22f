package dev.dragoman.app.sentences;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** Translates sentences with one model, through the cache and, for what is not there, its scheduler. */
public final class SentenceTranslator {
    private final String modelVersion;
    private final SentenceCache cache;
    private final TranslationScheduler scheduler;
    private final Ticker ticker;

    public SentenceTranslator(String modelVersion, SentenceCache cache, TranslationScheduler scheduler, Ticker ticker) {
        this.modelVersion = modelVersion;
        this.cache = cache;
        this.scheduler = scheduler;
        this.ticker = ticker;
    }

    /**
     * The sentences of a request after their admission.
     *
     * @param sentences each completes with its translation, or with a {@link ServiceException}; shared with other requests, so not to be
     *     completed by anybody
     */
    public record InFlight(Map<String, CompletableFuture<Translation>> sentences) {
        /** Completes with the translations of all sentences, or with the {@link ServiceException} of one. */
        public CompletableFuture<Map<String, Translation>> translations() {
            return translations(sentences.keySet());
        }

        /** The same of some of them. */
        public CompletableFuture<Map<String, Translation>> translations(Collection<String> some) {
            Map<String, CompletableFuture<Translation>> wanted = new LinkedHashMap<>();
            some.forEach(sentence -> wanted.put(sentence, Objects.requireNonNull(sentences.get(sentence))));
            return CompletableFuture.allOf(wanted.values().toArray(CompletableFuture[]::new))
                    .thenApply(done -> joined(wanted));
        }

        private static Map<String, Translation> joined(Map<String, CompletableFuture<Translation>> futures) {
            Map<String, Translation> translations = new LinkedHashMap<>();
            futures.forEach((sentence, future) -> translations.put(sentence, future.join()));
            return translations;
        }
    }

    /**
     * Translates each of some sentences once.
     *
     * @param sentences with their number of source tokens, none above the model's maximum
     * @param request on whose behalf; what nobody waits for any more when it ends is given up
     * @return completes when the sentences are admitted, or with {@link ServiceException.Overloaded}; nothing of them is then waiting
     * @throws ServiceException if they never will be
     */
    public CompletableFuture<InFlight> translate(
            Map<String, Integer> sentences, LanguagePair pair, TranslationOptions options, RequestContext request) {
        Map<SentenceKey, Integer> tokens = new LinkedHashMap<>();
        sentences.forEach(
                (sentence, count) -> tokens.put(new SentenceKey(modelVersion, pair, options, sentence), count));

        // Room is reserved before a sentence becomes visible as being in flight: others must never wait for one that is
        // then refused.
        int missing = missingTokens(tokens);
        return missing == 0
                ? CompletableFuture.completedFuture(begin(tokens, 0, request))
                : scheduler.reserve(missing).thenApply(admitted -> begin(tokens, missing, request));
    }

    private InFlight begin(Map<SentenceKey, Integer> tokens, int reserved, RequestContext request) {
        List<PendingSentence> created = new ArrayList<>();
        Map<String, CompletableFuture<Translation>> futures = new LinkedHashMap<>();
        try {
            tokens.forEach((key, count) -> futures.put(key.sentence(), cache.obtain(key, request, () -> {
                PendingSentence sentence = new PendingSentence(key, count, ticker.read(), request);
                created.add(sentence);
                return sentence;
            })));
        } finally {
            created.forEach(request::waitsFor);
            scheduler.submit(request, created, reserved);
        }
        return new InFlight(futures);
    }

    private int missingTokens(Map<SentenceKey, Integer> tokens) {
        long missing = 0;
        for (Map.Entry<SentenceKey, Integer> entry : tokens.entrySet()) {
            missing += cache.contains(entry.getKey()) ? 0 : entry.getValue();
        }
        return (int) Math.min(missing, Integer.MAX_VALUE);
    }
}
