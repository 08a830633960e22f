package dev.dragoman.app.translation;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties.TranslationProperties;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.models.ModelUse;
import dev.dragoman.app.models.ServedDirection;
import dev.dragoman.app.sentences.Cancellation;
import dev.dragoman.app.sentences.Deadline;
import dev.dragoman.app.sentences.RequestContext;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.TranslationConstraints;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.faithful.FaithfulTranslation;
import dev.dragoman.inference.faithful.FaithfulTranslator;
import dev.dragoman.inference.faithful.Ladder;
import dev.dragoman.inference.faithful.SentenceConstraints;
import dev.dragoman.inference.faithful.SlottedText;
import dev.dragoman.inference.phrase.Glossary;
import dev.dragoman.inference.phrase.UnkeepableConstraintException;
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
    private final OpenRequests open;

    /** @param use is told of every request, from before it looks for a model until it has ended */
    TranslationService(
            TranslationProperties properties,
            Ticker ticker,
            TranslationMetrics metrics,
            ModelUse use,
            OpenRequests open) {
        this.properties = properties;
        this.ticker = ticker;
        this.metrics = metrics;
        this.use = use;
        this.open = open;
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
            open.enter(origin);
            TranslationPlan<R> plan = reading.get();
            ValidRequest valid = plan.request();
            request = valid;
            Work work = prepare(valid, origin);
            return texts(work, begin(work))
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
            open.enter(origin);
            ValidRequest valid = reading.get();
            request = valid;
            Work work = prepare(valid, origin);
            Begun begun = begin(work);
            CompletableFuture<List<TranslatedText>> texts =
                    texts(work, begun).whenComplete((translated, fault) -> metrics.record(sample, valid, fault));
            CompletableFuture<TranslationStream> stream =
                    begun.admission().thenApply(admitted -> new TranslationStream(valid, sentences(work), texts));
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
    private record Route(LanguagePair pair, ServedDirection model) {
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
     * @param asked what the models have been asked for
     * @param first sentence of the first text, which a prefix is for; one that is equal has the same translation. Null if there is none
     */
    private record Work(
            ValidRequest request,
            List<@Nullable TranslatableDocument> documents,
            Map<Route, Map<SlottedText, Integer>> sentences,
            Map<Route, AskedSentences> asked,
            @Nullable SlottedText first,
            RequestOrigin origin,
            RequestContext context) {}

    /**
     * A request that waits for admission or is admitted.
     *
     * @param admission completes when all its sentences are admitted
     * @param translations of each route's sentences
     */
    private record Begun(
            CompletableFuture<Void> admission,
            Map<Route, CompletableFuture<Map<SlottedText, FaithfulTranslation>>> translations) {}

    private Work prepare(ValidRequest request, RequestOrigin origin) {
        Deadline deadline = Deadline.after(origin.timeout(properties.deadline()), ticker);
        RequestContext context = new RequestContext(origin.lane(), origin.client(), deadline);
        origin.onHangUp(() -> context.end(Cancellation.CLIENT_GONE));
        List<@Nullable TranslatableDocument> documents = new ArrayList<>();
        Map<Route, Map<SlottedText, Integer>> sentences = new LinkedHashMap<>();
        for (ValidText text : request.texts()) {
            ServedDirection model = text.model();
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
        sentences.keySet().forEach(route -> requireKeepable(request.constraints(), route));
        SlottedText first = sentences.values().stream()
                .flatMap(ofRoute -> ofRoute.keySet().stream())
                .findFirst()
                .orElse(null);
        Map<Route, AskedSentences> asked = new LinkedHashMap<>();
        sentences
                .keySet()
                .forEach(route ->
                        asked.put(route, new AskedSentences(route.model().sentences(), route.pair(), context)));
        return new Work(request, documents, sentences, asked, first, origin, context);
    }

    /** What a model cannot keep whatever the sentence is refused before anything is translated. */
    private static void requireKeepable(SentenceConstraints constraints, Route route) {
        Translator writer = route.model().writer();
        requireKeepable(
                writer,
                "target_prefix",
                new TranslationConstraints(constraints.prefix(), constraints.banned(), List.of()));
        List<Glossary.Term> terms = constraints.glossary().terms();
        for (int i = 0; i < terms.size(); i++) {
            requireKeepable(
                    writer,
                    "glossary[" + i + "].target",
                    new TranslationConstraints(
                            "", constraints.banned(), List.of(terms.get(i).target())));
        }
    }

    private static void requireKeepable(Translator writer, String field, TranslationConstraints constraints) {
        try {
            writer.check(constraints);
        } catch (UnkeepableConstraintException refused) {
            throw new InvalidRequest("Invalid request: " + field + " " + refused.reason());
        }
    }

    private Begun begin(Work work) {
        try {
            Map<Route, CompletableFuture<Map<SlottedText, FaithfulTranslation>>> translations = new LinkedHashMap<>();
            work.sentences()
                    .forEach((route, sentences) -> translations.put(
                            route, translate(work, route, sentences).whenComplete((done, fault) -> {
                                if (done != null) {
                                    metrics.record(done.values());
                                }
                            })));
            return new Begun(
                    CompletableFuture.allOf(work.asked().values().stream()
                            .map(AskedSentences::admitted)
                            .toArray(CompletableFuture[]::new)),
                    translations);
        } catch (RuntimeException refused) {
            work.context().end(Cancellation.REQUEST_FAILED);
            throw refused;
        }
    }

    /** All texts, or none: when one sentence cannot be had, or the time is over, the others are given up. */
    private CompletableFuture<List<TranslatedText>> texts(Work work, Begun begun) {
        CompletableFuture<List<TranslatedText>> texts = begun.admission()
                .thenCompose(admitted ->
                        CompletableFuture.allOf(begun.translations().values().toArray(CompletableFuture[]::new)))
                .thenApply(done -> texts(work, begun.translations()));
        return withDeadline(work, texts).whenComplete((translated, fault) -> {
            work.origin().end();
            work.context()
                    .end(
                            cause(fault) instanceof ServiceException.DeadlinePassed
                                    ? Cancellation.DEADLINE
                                    : Cancellation.REQUEST_FAILED);
        });
    }

    private CompletableFuture<Map<SlottedText, FaithfulTranslation>> translate(
            Work work, Route route, Map<SlottedText, Integer> sentences) {
        AskedSentences asked = Objects.requireNonNull(work.asked().get(route));
        SentenceConstraints constraints = work.request().constraints();
        return route.faithful()
                .translate(
                        sentences,
                        properties.options(work.request().alternatives()),
                        sentence -> constraints.of(sentence, sentence.equals(work.first())),
                        asked::translate);
    }

    private static List<TranslatedText> texts(
            Work work, Map<Route, CompletableFuture<Map<SlottedText, FaithfulTranslation>>> translations) {
        List<TranslatedText> texts = new ArrayList<>();
        for (int i = 0; i < work.documents().size(); i++) {
            ValidText text = work.request().texts().get(i);
            TranslatableDocument document = work.documents().get(i);
            ServedDirection model = text.model();
            CompletableFuture<Map<SlottedText, FaithfulTranslation>> translation =
                    model == null ? null : translations.get(new Route(text.pair(), model));
            texts.add(
                    document == null || translation == null
                            ? TranslatedText.unchanged(text)
                            : document.translated(
                                    translation.join(), work.request().alternatives()));
        }
        return texts;
    }

    /** Every sentence for itself. The request is admitted by then, so what is asked for here is under way already. */
    private List<TranslationStream.Sentence> sentences(Work work) {
        List<TranslationStream.Sentence> sentences = new ArrayList<>();
        for (int i = 0; i < work.documents().size(); i++) {
            ValidText text = work.request().texts().get(i);
            TranslatableDocument document = work.documents().get(i);
            ServedDirection model = text.model();
            if (document == null || model == null) {
                sentences.add(new TranslationStream.Sentence(
                        i,
                        0,
                        CompletableFuture.completedFuture(
                                new TranslationStream.Result(text.text(), null, text.isNotServed()))));
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
                        withDeadline(work, translate(work, route, tokens).thenApply(done -> result(sentence, done)))));
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
