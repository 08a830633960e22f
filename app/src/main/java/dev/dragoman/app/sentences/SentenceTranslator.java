package dev.dragoman.app.sentences;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** Translates sentences with one model, through the cache and, for what is not there, its scheduler. */
public final class SentenceTranslator implements SentenceRoute {
    private final String modelVersion;
    private final SentenceCache cache;
    private final TranslationScheduler scheduler;
    private final Ticker ticker;
    private final SentenceMetrics metrics;
    private final StageListener listener;

    /**
     * @param metrics of what the model translates
     * @param listener is told when sentences waited and were translated
     */
    public SentenceTranslator(
            String modelVersion,
            SentenceCache cache,
            TranslationScheduler scheduler,
            Ticker ticker,
            SentenceMetrics metrics,
            StageListener listener) {
        this.modelVersion = modelVersion;
        this.cache = cache;
        this.scheduler = scheduler;
        this.ticker = ticker;
        this.metrics = metrics;
        this.listener = listener;
    }

    /** Who is told of the stages of sentences. */
    public StageListener stageListener() {
        return listener;
    }

    @Override
    public CompletableFuture<Map<String, Translation>> translate(
            Map<String, Integer> sentences, LanguagePair pair, TranslationOptions options, Deadline deadline) {
        // Sentences that differ only in what a tokenizer does not see have one key, and are translated once.
        Map<String, SentenceKey> keys = new LinkedHashMap<>();
        Map<SentenceKey, Integer> tokens = new LinkedHashMap<>();
        sentences.forEach((sentence, count) -> {
            SentenceKey key = SentenceKey.of(modelVersion, pair, options, sentence);
            keys.put(sentence, key);
            tokens.put(key, count);
        });

        // Room is reserved before a sentence becomes visible as being in flight: others must never wait for one that is
        // then refused.
        int missing = missingTokens(tokens);
        if (missing > 0) {
            scheduler.reserve(missing);
        }
        List<PendingSentence> created = new ArrayList<>();
        Map<SentenceKey, CompletableFuture<Translation>> futures = new LinkedHashMap<>();
        List<CompletableFuture<?>> counted = new ArrayList<>();
        try {
            tokens.forEach((key, count) -> futures.put(key, cache.obtain(key, deadline, () -> {
                PendingSentence sentence = new PendingSentence(key, count, ticker.read(), deadline);
                created.add(sentence);
                return sentence;
            })));
        } finally {
            created.forEach(
                    sentence -> counted.add(sentence.thenAccept(translation -> metrics.record(pair, translation))));
            scheduler.submit(created, missing);
        }
        if (listener != StageListener.NONE && !created.isEmpty()) {
            CompletableFuture<Stages> stages = CompletableFuture.allOf(created.toArray(CompletableFuture[]::new))
                    .thenApply(done -> Stages.of(created, ticker.read()));
            listener.submitted(metrics.model(), pair, tokens.size() - created.size(), stages);
        }
        // Counted before it is answered, so that whoever has an answer finds it in the metrics.
        counted.addAll(futures.values());
        return CompletableFuture.allOf(counted.toArray(CompletableFuture[]::new))
                .thenApply(done -> joined(keys, futures));
    }

    private int missingTokens(Map<SentenceKey, Integer> tokens) {
        long missing = 0;
        for (Map.Entry<SentenceKey, Integer> entry : tokens.entrySet()) {
            missing += cache.contains(entry.getKey()) ? 0 : entry.getValue();
        }
        return (int) Math.min(missing, Integer.MAX_VALUE);
    }

    private static Map<String, Translation> joined(
            Map<String, SentenceKey> keys, Map<SentenceKey, CompletableFuture<Translation>> futures) {
        Map<String, Translation> translations = new LinkedHashMap<>();
        keys.forEach((sentence, key) -> translations.put(
                sentence, Objects.requireNonNull(futures.get(key)).join()));
        return translations;
    }
}
