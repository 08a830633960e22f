package dev.dragoman.app.translation;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.sentences.RequestContext;
import dev.dragoman.app.sentences.SentenceRoute;
import dev.dragoman.app.sentences.SentenceRoute.InFlight;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What one request has asked one route for: each sentence once, whoever in the request asks for it again, and also where nothing is
 * cached. A stream asks for its sentences one by one beside the request as a whole.
 *
 * <p>Safe for use by many threads.
 */
final class AskedSentences {
    private record Question(String sentence, TranslationOptions options) {}

    private final SentenceRoute route;
    private final LanguagePair pair;
    private final RequestContext context;
    private final Map<Question, CompletableFuture<Translation>> answers = new HashMap<>();
    private final List<CompletableFuture<InFlight>> admissions = new ArrayList<>();

    AskedSentences(SentenceRoute route, LanguagePair pair, RequestContext context) {
        this.route = route;
        this.pair = pair;
        this.context = context;
    }

    /** Completes when what has been asked for so far is admitted, or as the admission of some of it fails. */
    synchronized CompletableFuture<Void> admitted() {
        return CompletableFuture.allOf(admissions.toArray(CompletableFuture[]::new));
    }

    /**
     * Translates.
     *
     * @param sentences with their numbers of tokens
     * @return completes with a translation for each
     * @throws ServiceException if the route refuses what is new of it
     */
    CompletableFuture<Map<String, Translation>> translate(Map<String, Integer> sentences, TranslationOptions options) {
        Map<String, CompletableFuture<Translation>> all = new LinkedHashMap<>();
        Map<String, CompletableFuture<Translation>> promised = new LinkedHashMap<>();
        Map<String, Integer> missing = new LinkedHashMap<>();
        synchronized (this) {
            sentences.forEach((sentence, tokens) ->
                    all.put(sentence, answers.computeIfAbsent(new Question(sentence, options), question -> {
                        CompletableFuture<Translation> promise = new CompletableFuture<>();
                        promised.put(sentence, promise);
                        missing.put(sentence, tokens);
                        return promise;
                    })));
        }
        if (!missing.isEmpty()) {
            ask(missing, options, promised);
        }
        return new InFlight(all).translations();
    }

    private void ask(
            Map<String, Integer> missing,
            TranslationOptions options,
            Map<String, CompletableFuture<Translation>> promised) {
        try {
            // The models may be gone by then.
            if (context.isOver()) {
                throw new ServiceException.Cancelled();
            }
            CompletableFuture<InFlight> admission = route.translate(missing, pair, options, context);
            synchronized (this) {
                admissions.add(admission);
            }
            admission.whenComplete((inFlight, fault) -> promised.forEach((sentence, promise) -> {
                CompletableFuture<Translation> answer =
                        inFlight == null ? null : inFlight.sentences().get(sentence);
                if (answer == null) {
                    promise.completeExceptionally(fault == null ? new IllegalStateException("not begun") : fault);
                } else {
                    answer.whenComplete((translation, failed) -> keep(promise, translation, failed));
                }
            }));
        } catch (RuntimeException refused) {
            promised.values().forEach(promise -> promise.completeExceptionally(refused));
            throw refused;
        }
    }

    private static void keep(
            CompletableFuture<Translation> promise, @Nullable Translation translation, @Nullable Throwable failed) {
        if (translation == null) {
            promise.completeExceptionally(failed == null ? new IllegalStateException("no translation") : failed);
        } else {
            promise.complete(translation);
        }
    }
}
