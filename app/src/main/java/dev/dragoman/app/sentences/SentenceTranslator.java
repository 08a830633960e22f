package dev.dragoman.app.sentences;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import java.util.ArrayList;
import java.util.Collections;
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
    public CompletableFuture<InFlight> translate(
            Map<String, Integer> sentences, LanguagePair pair, TranslationOptions options, RequestContext request) {
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
        if (missing == 0) {
            return CompletableFuture.completedFuture(inFlight(keys, begin(tokens, 0, pair, request)));
        }
        // Whoever lets a request in that was held is on a thread of others.
        return scheduler
                .reserve(request, missing, Collections.max(tokens.values()))
                .thenApply(listener.carried(admitted -> inFlight(keys, begin(tokens, missing, pair, request))));
    }

    private Map<SentenceKey, CompletableFuture<Translation>> begin(
            Map<SentenceKey, Integer> tokens, int reserved, LanguagePair pair, RequestContext request) {
        List<PendingSentence> created = new ArrayList<>();
        Map<SentenceKey, CompletableFuture<Translation>> futures = new LinkedHashMap<>();
        try {
            tokens.forEach((key, count) -> futures.put(key, cache.obtain(key, request, () -> {
                PendingSentence sentence = new PendingSentence(key, count, ticker.read(), request);
                created.add(sentence);
                return sentence;
            })));
        } finally {
            // Counted before it is answered, so that whoever has an answer finds it in the metrics.
            created.forEach(sentence -> futures.put(sentence.key(), sentence.thenApply(translation -> {
                metrics.record(pair, translation);
                return translation;
            })));
            created.forEach(request::waitsFor);
            // What the cache has goes by without the scheduler.
            if (reserved > 0 || !created.isEmpty()) {
                scheduler.submit(request, created, reserved);
            }
        }
        if (listener != StageListener.NONE && !created.isEmpty()) {
            CompletableFuture<Stages> stages = CompletableFuture.allOf(created.toArray(CompletableFuture[]::new))
                    .thenApply(done -> Stages.of(created, ticker.read()));
            listener.submitted(metrics.model(), pair, tokens.size() - created.size(), stages);
        }
        return futures;
    }

    private static InFlight inFlight(
            Map<String, SentenceKey> keys, Map<SentenceKey, CompletableFuture<Translation>> futures) {
        Map<String, CompletableFuture<Translation>> sentences = new LinkedHashMap<>();
        keys.forEach((sentence, key) -> sentences.put(sentence, Objects.requireNonNull(futures.get(key))));
        return new InFlight(sentences);
    }

    private int missingTokens(Map<SentenceKey, Integer> tokens) {
        long missing = 0;
        for (Map.Entry<SentenceKey, Integer> entry : tokens.entrySet()) {
            missing += cache.contains(entry.getKey()) ? 0 : entry.getValue();
        }
        return (int) Math.min(missing, Integer.MAX_VALUE);
    }
}
