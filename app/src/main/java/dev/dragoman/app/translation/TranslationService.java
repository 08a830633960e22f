package dev.dragoman.app.translation;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties.TranslationProperties;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.models.ServedModel;
import dev.dragoman.app.sentences.Deadline;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Translates the texts of a request, whatever protocol it came by. No thread waits meanwhile. */
public final class TranslationService {
    private final TranslationProperties properties;
    private final Ticker ticker;
    private final TranslationMetrics metrics;

    TranslationService(TranslationProperties properties, Ticker ticker, TranslationMetrics metrics) {
        this.properties = properties;
        this.ticker = ticker;
        this.metrics = metrics;
    }

    /**
     * Reads a request, translates all its texts, or none, and makes an answer of them. Requests are timed and counted here, those that
     * cannot be read included.
     *
     * @return completes with the answer, or with the {@link ServiceException} that stands in its way
     * @throws ServiceException if the request is wrong or not admitted
     */
    public <R> CompletableFuture<R> answer(Supplier<TranslationPlan<R>> reading) {
        Timer.Sample sample = metrics.start();
        ValidRequest request = null;
        try {
            TranslationPlan<R> plan = reading.get();
            ValidRequest valid = plan.request();
            request = valid;
            return translate(valid)
                    .whenComplete((texts, fault) -> metrics.record(sample, valid, fault))
                    .thenApply(plan.answer());
        } catch (RuntimeException refused) {
            metrics.record(sample, request, refused);
            throw refused;
        }
    }

    /** The texts of a request that go the same way. */
    private record Route(LanguagePair pair, ServedModel model) {}

    private CompletableFuture<List<TranslatedText>> translate(ValidRequest request) {
        Deadline deadline = Deadline.after(properties.deadline(), ticker);
        List<@Nullable TranslatableDocument> documents = new ArrayList<>();
        Map<Route, Map<String, Integer>> sentences = new LinkedHashMap<>();
        for (ValidText text : request.texts()) {
            ServedModel model = text.model();
            if (model == null) {
                documents.add(null);
                continue;
            }
            TranslatableDocument document = TranslatableDocument.of(text, request.form(), model.translator());
            document.collect(sentences.computeIfAbsent(new Route(text.pair(), model), route -> new LinkedHashMap<>()));
            documents.add(document);
        }
        Map<Route, CompletableFuture<Map<String, Translation>>> translations = new LinkedHashMap<>();
        sentences.forEach((route, ofRoute) -> translations.put(
                route,
                route.model()
                        .sentences()
                        .translate(ofRoute, route.pair(), properties.options(request.alternatives()), deadline)));
        return withDeadline(CompletableFuture.allOf(translations.values().toArray(CompletableFuture[]::new))
                .thenApply(done -> joined(request, documents, translations)));
    }

    private static List<TranslatedText> joined(
            ValidRequest request,
            List<@Nullable TranslatableDocument> documents,
            Map<Route, CompletableFuture<Map<String, Translation>>> translations) {
        List<TranslatedText> texts = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            ValidText text = request.texts().get(i);
            TranslatableDocument document = documents.get(i);
            ServedModel model = text.model();
            CompletableFuture<Map<String, Translation>> translation =
                    model == null ? null : translations.get(new Route(text.pair(), model));
            texts.add(
                    document == null || translation == null
                            ? new TranslatedText(text.text(), List.of())
                            : document.translated(translation.join(), request.alternatives()));
        }
        return texts;
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
