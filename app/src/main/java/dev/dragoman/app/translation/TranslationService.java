package dev.dragoman.app.translation;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties.TranslationProperties;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.models.ServedModel;
import dev.dragoman.app.sentences.Deadline;
import dev.dragoman.app.translation.TranslationResponse.TranslatedText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Translates the texts of a request. No thread waits meanwhile. */
final class TranslationService {
    private final TranslationProperties properties;
    private final Ticker ticker;

    TranslationService(TranslationProperties properties, Ticker ticker) {
        this.properties = properties;
        this.ticker = ticker;
    }

    /**
     * Translates all texts of a request, or none.
     *
     * @return completes with the answer, or with the {@link ServiceException} that stands in its way
     * @throws ServiceException if the request is not admitted
     */
    CompletableFuture<TranslationResponse> translate(ValidRequest request) {
        ServedModel model = request.model();
        if (model == null) {
            return CompletableFuture.completedFuture(TranslationResponse.of(unchanged(request.texts()), request));
        }
        Deadline deadline = Deadline.after(properties.deadline(), ticker);
        List<TranslatableText> texts = new ArrayList<>();
        Map<String, Integer> sentences = new LinkedHashMap<>();
        for (int i = 0; i < request.texts().size(); i++) {
            TranslatableText text = TranslatableText.of(
                    request.texts().get(i), request.pair().source(), model.translator(), request.field(i));
            text.collect(sentences);
            texts.add(text);
        }
        CompletableFuture<TranslationResponse> response = model.sentences()
                .translate(sentences, request.pair(), properties.options(request.alternatives()), deadline)
                .thenApply(translations -> TranslationResponse.of(
                        texts.stream()
                                .map(text -> text.translated(translations, request.alternatives()))
                                .toList(),
                        request));
        return withDeadline(response);
    }

    private static List<TranslatedText> unchanged(List<String> texts) {
        return texts.stream().map(text -> new TranslatedText(text, List.of())).toList();
    }

    private <T> CompletableFuture<T> withDeadline(CompletableFuture<T> future) {
        return future.orTimeout(properties.deadline().toNanos(), TimeUnit.NANOSECONDS)
                .exceptionallyCompose(fault -> {
                    Throwable cause = fault instanceof CompletionException wrapped ? wrapped.getCause() : fault;
                    return CompletableFuture.failedFuture(
                            cause instanceof TimeoutException
                                    ? new ServiceException.DeadlinePassed(properties.deadline())
                                    : cause);
                });
    }
}
