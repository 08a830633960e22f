package dev.dragoman.app.translation;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties.TranslationProperties;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.models.ServedModel;
import dev.dragoman.app.sentences.Deadline;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.faithful.FaithfulTranslation;
import dev.dragoman.inference.faithful.FaithfulTranslator;
import dev.dragoman.inference.faithful.Ladder;
import dev.dragoman.inference.faithful.SlottedText;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
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
            return translate(prepare(valid))
                    .whenComplete((texts, fault) -> metrics.record(sample, valid, fault))
                    .thenApply(plan.answer());
        } catch (RuntimeException refused) {
            metrics.record(sample, request, refused);
            throw refused;
        }
    }

    /**
     * Reads a request and begins to translate it, to be answered sentence by sentence. It is admitted, timed and counted as a whole.
     *
     * @throws ServiceException if the request is wrong or not admitted
     */
    public TranslationStream stream(Supplier<ValidRequest> reading) {
        Timer.Sample sample = metrics.start();
        ValidRequest request = null;
        try {
            ValidRequest valid = reading.get();
            request = valid;
            Work work = prepare(valid);
            CompletableFuture<List<TranslatedText>> texts =
                    translate(work).whenComplete((translated, fault) -> metrics.record(sample, valid, fault));
            return new TranslationStream(valid, sentences(work), texts);
        } catch (RuntimeException refused) {
            metrics.record(sample, request, refused);
            throw refused;
        }
    }

    /** The texts of a request that go the same way. */
    private record Route(LanguagePair pair, ServedModel model) {
        FaithfulTranslator faithful() {
            Translator translator = model.translator();
            return new FaithfulTranslator(translator::countTokens, translator.maximumSourceTokens(), Ladder.DEFAULT);
        }
    }

    /**
     * A request that is cut into sentences.
     *
     * @param documents one for each text, null for one that stays as it is
     * @param sentences what has to be translated, with its number of source tokens
     */
    private record Work(
            ValidRequest request,
            List<@Nullable TranslatableDocument> documents,
            Map<Route, Map<SlottedText, Integer>> sentences,
            Deadline deadline) {}

    private Work prepare(ValidRequest request) {
        Deadline deadline = Deadline.after(properties.deadline(), ticker);
        List<@Nullable TranslatableDocument> documents = new ArrayList<>();
        Map<Route, Map<SlottedText, Integer>> sentences = new LinkedHashMap<>();
        for (ValidText text : request.texts()) {
            ServedModel model = text.model();
            if (model == null) {
                documents.add(null);
                continue;
            }
            Route route = new Route(text.pair(), model);
            TranslatableDocument document =
                    TranslatableDocument.of(text, request.form(), model.translator(), route.faithful());
            document.collect(sentences.computeIfAbsent(route, added -> new LinkedHashMap<>()));
            documents.add(document);
        }
        return new Work(request, documents, sentences, deadline);
    }

    private CompletableFuture<List<TranslatedText>> translate(Work work) {
        Map<Route, CompletableFuture<Map<SlottedText, FaithfulTranslation>>> translations = new LinkedHashMap<>();
        work.sentences()
                .forEach((route, sentences) -> translations.put(
                        route, translate(work, route, sentences).whenComplete((done, fault) -> {
                            if (done != null) {
                                metrics.record(done.values());
                            }
                        })));
        return withDeadline(CompletableFuture.allOf(translations.values().toArray(CompletableFuture[]::new))
                .thenApply(done -> joined(work, translations)));
    }

    private CompletableFuture<Map<SlottedText, FaithfulTranslation>> translate(
            Work work, Route route, Map<SlottedText, Integer> sentences) {
        return route.faithful()
                .translate(
                        sentences,
                        properties.options(work.request().alternatives()),
                        (asked, options) ->
                                route.model().sentences().translate(asked, route.pair(), options, work.deadline()));
    }

    private static List<TranslatedText> joined(
            Work work, Map<Route, CompletableFuture<Map<SlottedText, FaithfulTranslation>>> translations) {
        List<TranslatedText> texts = new ArrayList<>();
        for (int i = 0; i < work.documents().size(); i++) {
            ValidText text = work.request().texts().get(i);
            TranslatableDocument document = work.documents().get(i);
            ServedModel model = text.model();
            CompletableFuture<Map<SlottedText, FaithfulTranslation>> translation =
                    model == null ? null : translations.get(new Route(text.pair(), model));
            texts.add(
                    document == null || translation == null
                            ? TranslatedText.unchanged(text.text())
                            : document.translated(
                                    translation.join(), work.request().alternatives()));
        }
        return texts;
    }

    /** Every sentence for itself. The request is admitted by then, so what is asked for here is in flight already. */
    private List<TranslationStream.Sentence> sentences(Work work) {
        List<TranslationStream.Sentence> sentences = new ArrayList<>();
        for (int i = 0; i < work.documents().size(); i++) {
            ValidText text = work.request().texts().get(i);
            TranslatableDocument document = work.documents().get(i);
            ServedModel model = text.model();
            if (document == null || model == null) {
                sentences.add(new TranslationStream.Sentence(
                        i,
                        0,
                        CompletableFuture.completedFuture(new TranslationStream.Result(text.text(), null, false))));
                continue;
            }
            Route route = new Route(text.pair(), model);
            List<TranslatableDocument.Sentence> ofDocument = document.sentences();
            for (int place = 0; place < ofDocument.size(); place++) {
                TranslatableDocument.Sentence sentence = ofDocument.get(place);
                Map<SlottedText, Integer> tokens = new LinkedHashMap<>();
                sentence.parts().stream()
                        .filter(part -> part.tokens() > 0)
                        .forEach(part -> tokens.put(part.text(), part.tokens()));
                sentences.add(new TranslationStream.Sentence(
                        i,
                        place,
                        withDeadline(translate(work, route, tokens).thenApply(done -> result(sentence, done)))));
            }
        }
        return sentences;
    }

    private static TranslationStream.Result result(
            TranslatableDocument.Sentence sentence, Map<SlottedText, FaithfulTranslation> translations) {
        OptionalDouble score = translations.values().stream()
                .mapToDouble(translation -> translation.best().score())
                .filter(Double::isFinite)
                .min();
        return new TranslationStream.Result(
                sentence.text().best(sentence.parts(), translations),
                score.isPresent() ? score.getAsDouble() : null,
                TranslatableText.isDegenerate(sentence.parts(), translations));
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
