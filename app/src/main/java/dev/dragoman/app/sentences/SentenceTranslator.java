package dev.dragoman.app.sentences;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
     * Translates each of some sentences once.
     *
     * @param sentences with their number of source tokens, none above the model's maximum
     * @param deadline until when the request waits; the sentences that nobody waits for then are not begun
     * @return completes with the translation of every sentence, or with the {@link ServiceException} of one
     * @throws ServiceException if the request is not admitted; nothing of it is then waiting
     */
    public CompletableFuture<Map<String, Translation>> translate(
            Map<String, Integer> sentences, LanguagePair pair, TranslationOptions options, Deadline deadline) {
        Map<SentenceKey, Integer> tokens = new LinkedHashMap<>();
        sentences.forEach(
                (sentence, count) -> tokens.put(new SentenceKey(modelVersion, pair, options, sentence), count));

        // Room is reserved before a sentence becomes visible as being in flight: others must never wait for one that is
        // then refused.
        int missing = missingTokens(tokens);
        if (missing > 0) {
            scheduler.reserve(missing);
        }
        List<PendingSentence> created = new ArrayList<>();
        Map<String, CompletableFuture<Translation>> futures = new LinkedHashMap<>();
        try {
            tokens.forEach((key, count) -> futures.put(key.sentence(), cache.obtain(key, deadline, () -> {
                PendingSentence sentence = new PendingSentence(key, count, ticker.read(), deadline);
                created.add(sentence);
                return sentence;
            })));
        } finally {
            scheduler.submit(created, missing);
        }
        return CompletableFuture.allOf(futures.values().toArray(CompletableFuture[]::new))
                .thenApply(done -> joined(futures));
    }

    private int missingTokens(Map<SentenceKey, Integer> tokens) {
        long missing = 0;
        for (Map.Entry<SentenceKey, Integer> entry : tokens.entrySet()) {
            missing += cache.contains(entry.getKey()) ? 0 : entry.getValue();
        }
        return (int) Math.min(missing, Integer.MAX_VALUE);
    }

    private static Map<String, Translation> joined(Map<String, CompletableFuture<Translation>> futures) {
        Map<String, Translation> translations = new LinkedHashMap<>();
        futures.forEach((sentence, future) -> translations.put(sentence, future.join()));
        return translations;
    }
}
