package dev.dragoman.app.translation;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties.TranslationProperties;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.models.ModelUse;
import dev.dragoman.app.models.ServedDirection;
import dev.dragoman.app.sentences.Cancellation;
import dev.dragoman.app.sentences.Deadline;
import dev.dragoman.app.sentences.RequestContext;
import dev.dragoman.app.sentences.SentenceRoute.InFlight;
import dev.dragoman.app.translation.ClauseSplitter.Part;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Translates the texts of a request, whatever protocol it came by. No thread waits meanwhile. */
public final class TranslationService {
    private final TranslationProperties properties;
    private final Ticker ticker;
    private final TranslationMetrics metrics;
    private final ModelUse use;

    /** @param use is told of every request, from before it looks for a model until it has ended */
    TranslationService(TranslationProperties properties, Ticker ticker, TranslationMetrics metrics, ModelUse use) {
        this.properties = properties;
        this.ticker = ticker;
        this.metrics = metrics;
        this.use = use;
    }

    /**
     * Reads a request, translates all its texts, or none, and makes an answer of them. Requests are timed and counted here, those that
     * cannot be read included.
     *
     * @return completes with the answer, or with the {@link ServiceException} that stands in its way
     * @throws ServiceException if the request is wrong or can never be admitted
     */
    public <R> CompletableFuture<R> answer(RequestOrigin origin, Supplier<TranslationPlan<R>> reading) {
        Timer.Sample sample = metrics.start();
        ModelUse.Lease lease = use.begin();
        ValidRequest request = null;
        try {
            TranslationPlan<R> plan = reading.get();
            ValidRequest valid = plan.request();
            request = valid;
            Work work = prepare(valid, origin);
            return translate(work, admit(work))
                    .whenComplete((texts, fault) -> {
                        lease.end();
                        metrics.record(sample, valid, fault);
                    })
                    .thenApply(plan.answer());
        } catch (RuntimeException refused) {
            lease.end();
            origin.end();
            metrics.record(sample, request, refused);
            throw refused;
        }
    }

    /**
     * Reads a request and begins to translate it, to be answered sentence by sentence. It is admitted, timed and counted as a whole.
     *
     * @return completes when the request is admitted, or with the {@link ServiceException} that stands in its way
     * @throws ServiceException if the request is wrong or can never be admitted
     */
    public CompletableFuture<TranslationStream> stream(RequestOrigin origin, Supplier<ValidRequest> reading) {
        Timer.Sample sample = metrics.start();
        ModelUse.Lease lease = use.begin();
        ValidRequest request = null;
        try {
            ValidRequest valid = reading.get();
            request = valid;
            Work work = prepare(valid, origin);
            CompletableFuture<Admission> admission = admit(work);
            CompletableFuture<List<TranslatedText>> texts = translate(work, admission)
                    .whenComplete((translated, fault) -> metrics.record(sample, valid, fault));
            CompletableFuture<TranslationStream> stream =
                    admission.thenApply(admitted -> new TranslationStream(valid, sentences(work, admitted), texts));
            // The whole ends with its sentences, or before them when one cannot be had, and also when it is not
            // admitted.
            stream.thenCompose(TranslationStream::ended)
                    .handle((done, fault) -> texts)
                    .thenCompose(Function.identity())
                    .whenComplete((done, fault) -> lease.end());
            return stream;
        } catch (RuntimeException refused) {
            lease.end();
            origin.end();
            metrics.record(sample, request, refused);
            throw refused;
        }
    }

    /** The texts of a request that go the same way. */
    private record Route(LanguagePair pair, ServedDirection model) {}

    /**
     * A request that is cut into sentences.
     *
     * @param documents one for each text, null for one that stays as it is
     * @param sentences what has to be translated, with its number of source tokens
     */
    private record Work(
            ValidRequest request,
            List<@Nullable TranslatableDocument> documents,
            Map<Route, Map<String, Integer>> sentences,
            RequestOrigin origin,
            RequestContext context) {}

    /** The sentences of a request that are all admitted. */
    private record Admission(Map<Route, InFlight> routes) {}

    private Work prepare(ValidRequest request, RequestOrigin origin) {
        Deadline deadline = Deadline.after(origin.timeout(properties.deadline()), ticker);
        RequestContext context = new RequestContext(origin.lane(), origin.client(), deadline);
        origin.onHangUp(() -> context.end(Cancellation.CLIENT_GONE));
        List<@Nullable TranslatableDocument> documents = new ArrayList<>();
        Map<Route, Map<String, Integer>> sentences = new LinkedHashMap<>();
        for (ValidText text : request.texts()) {
            ServedDirection model = text.model();
            if (model == null) {
                documents.add(null);
                continue;
            }
            TranslatableDocument document = TranslatableDocument.of(text, request.form(), model.translator());
            document.collect(sentences.computeIfAbsent(new Route(text.pair(), model), route -> new LinkedHashMap<>()));
            documents.add(document);
        }
        return new Work(request, documents, sentences, origin, context);
    }

    private CompletableFuture<Admission> admit(Work work) {
        try {
            Map<Route, CompletableFuture<InFlight>> admissions = new LinkedHashMap<>();
            work.sentences().forEach((route, sentences) -> admissions.put(route, translate(work, route, sentences)));
            return CompletableFuture.allOf(admissions.values().toArray(CompletableFuture[]::new))
                    .thenApply(done -> {
                        Map<Route, InFlight> routes = new LinkedHashMap<>();
                        admissions.forEach((route, admitted) -> routes.put(route, admitted.join()));
                        return new Admission(routes);
                    });
        } catch (RuntimeException refused) {
            work.context().end(Cancellation.REQUEST_FAILED);
            throw refused;
        }
    }

    /** All texts, or none: when one sentence cannot be had, or the time is over, the others are given up. */
    private CompletableFuture<List<TranslatedText>> translate(Work work, CompletableFuture<Admission> admission) {
        return withDeadline(work, admission.thenCompose(admitted -> joined(work, admitted)))
                .whenComplete((texts, fault) -> {
                    work.origin().end();
                    work.context()
                            .end(
                                    cause(fault) instanceof ServiceException.DeadlinePassed
                                            ? Cancellation.DEADLINE
                                            : Cancellation.REQUEST_FAILED);
                });
    }

    private CompletableFuture<InFlight> translate(Work work, Route route, Map<String, Integer> sentences) {
        return route.model()
                .sentences()
                .translate(
                        sentences,
                        route.pair(),
                        properties.options(work.request().alternatives()),
                        work.context());
    }

    private static CompletableFuture<List<TranslatedText>> joined(Work work, Admission admitted) {
        Map<Route, CompletableFuture<Map<String, Translation>>> translations = new LinkedHashMap<>();
        admitted.routes().forEach((route, inFlight) -> translations.put(route, inFlight.translations()));
        return CompletableFuture.allOf(translations.values().toArray(CompletableFuture[]::new))
                .thenApply(done -> texts(work, translations));
    }

    private static List<TranslatedText> texts(
            Work work, Map<Route, CompletableFuture<Map<String, Translation>>> translations) {
        List<TranslatedText> texts = new ArrayList<>();
        for (int i = 0; i < work.documents().size(); i++) {
            ValidText text = work.request().texts().get(i);
            TranslatableDocument document = work.documents().get(i);
            ServedDirection model = text.model();
            CompletableFuture<Map<String, Translation>> translation =
                    model == null ? null : translations.get(new Route(text.pair(), model));
            texts.add(
                    document == null || translation == null
                            ? new TranslatedText(text.text(), List.of())
                            : document.translated(
                                    translation.join(), work.request().alternatives()));
        }
        return texts;
    }

    /** Every sentence for itself. */
    private static List<TranslationStream.Sentence> sentences(Work work, Admission admitted) {
        List<TranslationStream.Sentence> sentences = new ArrayList<>();
        for (int i = 0; i < work.documents().size(); i++) {
            ValidText text = work.request().texts().get(i);
            TranslatableDocument document = work.documents().get(i);
            ServedDirection model = text.model();
            if (document == null || model == null) {
                sentences.add(new TranslationStream.Sentence(
                        i, 0, CompletableFuture.completedFuture(new TranslationStream.Result(text.text(), null))));
                continue;
            }
            InFlight inFlight = Objects.requireNonNull(admitted.routes().get(new Route(text.pair(), model)));
            List<List<Part>> ofDocument = document.sentences();
            for (int place = 0; place < ofDocument.size(); place++) {
                List<Part> parts = ofDocument.get(place);
                List<String> translated = parts.stream()
                        .filter(part -> part.tokens() > 0)
                        .map(Part::text)
                        .toList();
                sentences.add(new TranslationStream.Sentence(
                        i,
                        place,
                        withDeadline(work, inFlight.translations(translated).thenApply(done -> result(parts, done)))));
            }
        }
        return sentences;
    }

    private static TranslationStream.Result result(List<Part> parts, Map<String, Translation> translations) {
        OptionalDouble score = translations.values().stream()
                .mapToDouble(translation -> translation.hypotheses().get(0).score())
                .min();
        return new TranslationStream.Result(
                TranslatableText.best(parts, translations), score.isPresent() ? score.getAsDouble() : null);
    }

    private static <T> CompletableFuture<T> withDeadline(Work work, CompletableFuture<T> future) {
        Duration allowed = work.context().deadline().allowed();
        return future.orTimeout(allowed.toNanos(), TimeUnit.NANOSECONDS).exceptionallyCompose(fault -> {
            Throwable cause = cause(fault);
            return CompletableFuture.failedFuture(
                    cause instanceof TimeoutException ? new ServiceException.DeadlinePassed(allowed) : cause);
        });
    }

    private static @Nullable Throwable cause(@Nullable Throwable fault) {
        return fault instanceof CompletionException wrapped ? wrapped.getCause() : fault;
    }
}
