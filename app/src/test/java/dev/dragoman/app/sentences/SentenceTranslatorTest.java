package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.dragoman.app.configuration.DragomanProperties.BatchProperties;
import dev.dragoman.app.configuration.DragomanProperties.QueueProperties;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.fixture.FakeTicker;
import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Cache, queue and worker together: one worker, room for 20 tokens, ten sentences at a time. */
class SentenceTranslatorTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeTranslator model = new FakeTranslator("v1", TestServer.EN_FR, TestServer.EN_DE);
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final List<Integer> knownSentences = new ArrayList<>();
    private final List<CompletableFuture<Stages>> stages = new ArrayList<>();
    private final TranslationScheduler scheduler = new TranslationScheduler(
            "model",
            model,
            new QueueProperties(20, Duration.ofHours(1), Duration.ZERO),
            new BatchProperties(16, 10, 10, 1),
            Duration.ofSeconds(10),
            ticker,
            new SchedulerMetrics(meters, "model"));
    private final SentenceTranslator translator = new SentenceTranslator(
            "v1",
            new SentenceCache(DataSize.ofMegabytes(1), meters),
            scheduler,
            ticker,
            new SentenceMetrics(meters, "model"),
            (name, pair, known, reached) -> {
                knownSentences.add(known);
                stages.add(reached);
            });

    @AfterEach
    void close() {
        model.letAllGo();
        scheduler.close();
    }

    @Test
    void translate_everySentence() {
        assertThat(translate("one", "two")).containsExactly(Map.entry("one", "ONE"), Map.entry("two", "TWO"));
    }

    @Test
    void translate_nothing() {
        assertThat(begin(Map.of())).isCompletedWithValue(Map.of());
    }

    @Test
    void translate_oncePerSentence() {
        translate("one", "two");
        translate("two", "one", "three");
        assertThat(model.batches().stream().flatMap(List::stream)).containsExactlyInAnyOrder("one", "two", "three");
    }

    @Test
    void translate_oncePerSentenceHoweverItIsWritten() {
        assertThat(translate("one two", "one  two", " one\ttwo"))
                .containsExactly(
                        Map.entry("one two", "ONE TWO"),
                        Map.entry("one  two", "ONE TWO"),
                        Map.entry(" one\ttwo", "ONE TWO"));
        assertThat(model.batches()).containsExactly(List.of("one two"));
    }

    @Test
    void translate_onceForAHundredAtTheSameTime() {
        model.hold();
        List<CompletableFuture<Map<String, Translation>>> requests = IntStream.range(0, 100)
                .parallel()
                .mapToObj(i -> begin(Map.of("same sentence", 2)))
                .toList();
        model.letAllGo();
        requests.forEach(request -> assertThat(text(request, "same sentence")).isEqualTo("SAME SENTENCE"));
        assertThat(model.batches()).containsExactly(List.of("same sentence"));
    }

    @Test
    void translate_gathersWhileTheWorkerIsBusy() {
        model.hold();
        CompletableFuture<?> first = begin(Map.of("first", 1));
        model.awaitBatch();
        CompletableFuture<?> second = begin(Map.of("second", 1));
        CompletableFuture<?> third = begin(Map.of("third", 1));
        model.letAllGo();
        CompletableFuture.allOf(first, second, third).join();
        assertThat(model.batches()).containsExactly(List.of("first"), List.of("second", "third"));
    }

    @Test
    void translate_beyondTheQueueIsRefusedAtOnce() {
        model.hold();
        begin(Map.of("running", 1));
        model.awaitBatch();
        begin(Map.of("waiting", 15));
        assertFailsWith(begin(Map.of("refused", 6)), ServiceException.Overloaded.class);
        assertThat(rejections("queue-full")).isEqualTo(1);
        assertThat(begin(Map.of("fits", 5))).isNotDone();
    }

    /** A step takes a second here, and with it a sentence of one token two: what comes behind a waiting one is ready after four at best. */
    @Test
    void translate_whatCannotBeReadyInTimeIsRefusedAtOnce() {
        for (int i = 0; i < 20; i++) {
            model.hold();
            CompletableFuture<?> slow = begin(Map.of("slow " + i, 1));
            model.awaitBatch();
            ticker.advance(Duration.ofSeconds(1));
            model.letAllGo();
            slow.join();
        }
        model.hold();
        begin(Map.of("running", 1));
        model.awaitBatch();
        begin(Map.of("waiting", 1));
        assertFailsWith(begin(translator, Map.of("late", 1), request(2)), ServiceException.Overloaded.class);
        assertThat(rejections("too-late")).isEqualTo(1);
        assertThat(begin(translator, Map.of("in time", 1), request(10))).isNotDone();
    }

    /** A sentence of one token takes a second here, and nobody's turn shall be further off than three. */
    @Test
    void translate_whoseTurnIsFarOffIsRefusedAtOnce() {
        try (TranslationScheduler brisk = scheduler("brisk", Duration.ofSeconds(3), Duration.ZERO)) {
            SentenceTranslator other = over(brisk);
            for (int i = 0; i < 20; i++) {
                model.hold();
                CompletableFuture<?> slow = begin(other, Map.of("slow " + i, 1));
                model.awaitBatch();
                ticker.advance(Duration.ofSeconds(1));
                model.letAllGo();
                slow.join();
            }
            model.hold();
            begin(other, Map.of("running", 1));
            model.awaitBatch();
            begin(other, Map.of("waiting", 3));
            // Its turn is near enough, though it will take long itself.
            assertThat(begin(other, Map.of("long", 10))).isNotDone();
            // A burst is let in.
            assertThat(begin(other, Map.of("at once", 1))).isNotDone();
            ticker.advance(Duration.ofSeconds(4));
            assertFailsWith(begin(other, Map.of("refused", 1)), ServiceException.Overloaded.class);
            assertThat(rejections("brisk", "too-long-a-wait")).isEqualTo(1);
            assertThat(begin(other, Map.of("nobody waits", 1), request(Lane.BATCH, 60)))
                    .isNotDone();
            model.letAllGo();
        }
    }

    /** A step takes a second for each sentence in it here: with the others in, the hurried one would not be ready in its three seconds. */
    @Test
    void translate_takesInNoMoreThanAreReadyInTime() {
        for (int i = 1; i <= 20; i++) {
            model.hold();
            int count = 1 + i % 3;
            Map<String, Integer> together = new TreeMap<>();
            for (int k = 0; k < count; k++) {
                together.put("slow " + i + " " + k, 1);
            }
            CompletableFuture<?> slow = begin(together);
            model.awaitBatch();
            ticker.advance(Duration.ofSeconds(count));
            model.letAllGo();
            slow.join();
        }
        model.forget();
        model.hold();
        CompletableFuture<?> running = begin(Map.of("running", 1));
        model.awaitBatch();
        CompletableFuture<?> hurried = begin(translator, Map.of("hurried", 1), request(4));
        CompletableFuture<?> others = begin(Map.of("one", 1, "two", 1, "three", 1, "four", 1));
        model.letAllGo();
        CompletableFuture.allOf(running, hurried, others).join();
        List<List<String>> batches = model.batches();
        assertThat(batches.get(0)).containsExactly("running");
        assertThat(batches.get(1)).contains("hurried").hasSizeLessThan(4);
    }

    @Test
    void translate_whatIsCachedThoughTheQueueIsFull() {
        translate("known");
        model.hold();
        begin(Map.of("running", 1));
        model.awaitBatch();
        model.awaitBatch();
        begin(Map.of("waiting", 20));
        assertThat(text(begin(Map.of("known", 1)), "known")).isEqualTo("KNOWN");
    }

    @Test
    void translate_aRefusedRequestLeavesNothingBehind() {
        model.hold();
        begin(Map.of("running", 1));
        model.awaitBatch();
        begin(Map.of("waiting", 15));
        assertFailsWith(begin(Map.of("other", 3, "refused", 3)), ServiceException.Overloaded.class);
        model.letAllGo();
        assertThat(translate("refused")).containsEntry("refused", "REFUSED");
        assertThat(model.timesTranslated("other")).isZero();
    }

    @Test
    void translate_moreThanTheQueueEverHolds() {
        assertThatExceptionOfType(ServiceException.LimitExceeded.class)
                .isThrownBy(() -> begin(Map.of("huge", 21)))
                .withMessageContaining("request (21) exceeds text limit (20): tokens of q");
    }

    @Test
    void translate_aFailureIsNotRemembered() {
        CompletableFuture<?> failed = begin(Map.of(FakeTranslator.POISON, 1));
        assertFailsWith(failed, ServiceException.Internal.class);
        assertFailsWith(begin(Map.of(FakeTranslator.POISON, 1)), ServiceException.Internal.class);
        assertThat(model.timesTranslated(FakeTranslator.POISON)).isEqualTo(2);
    }

    @Test
    void translate_aFailureDoesNotReachOthersInTheBatch() {
        model.hold();
        begin(Map.of("first", 1));
        model.awaitBatch();
        CompletableFuture<Map<String, Translation>> healthy = begin(Map.of("healthy", 1));
        CompletableFuture<Map<String, Translation>> poisoned = begin(Map.of(FakeTranslator.POISON, 1));
        model.letAllGo();
        assertThat(text(healthy, "healthy")).isEqualTo("HEALTHY");
        assertFailsWith(poisoned, ServiceException.Internal.class);
    }

    @Test
    void translate_dropsWhatNobodyWaitsForAnyMore() {
        model.hold();
        begin(Map.of("running", 1));
        model.awaitBatch();
        CompletableFuture<?> late = begin(Map.of("late", 1));
        ticker.advance(Duration.ofSeconds(61));
        model.letAllGo();
        assertFailsWith(late, ServiceException.DeadlinePassed.class);
        assertThat(model.timesTranslated("late")).isZero();
    }

    @Test
    void translate_keepsWhatAnotherRequestStillWaitsFor() {
        model.hold();
        begin(Map.of("running", 1));
        model.awaitBatch();
        begin(Map.of("shared", 1));
        ticker.advance(Duration.ofSeconds(30));
        CompletableFuture<Map<String, Translation>> second = begin(Map.of("shared", 1));
        ticker.advance(Duration.ofSeconds(40));
        model.letAllGo();
        assertThat(text(second, "shared")).isEqualTo("SHARED");
    }

    @Test
    void close_finishesWhatWasAdmittedAndRefusesTheRest() {
        model.hold();
        CompletableFuture<Map<String, Translation>> running = begin(Map.of("running", 1));
        model.awaitBatch();
        CompletableFuture<Map<String, Translation>> waiting = begin(Map.of("waiting", 1));
        CompletableFuture<Void> closed = CompletableFuture.runAsync(scheduler::close);
        awaitRefusal();
        assertThat(closed).isNotDone();
        model.letAllGo();
        closed.join();
        assertThat(running.join()).containsKey("running");
        assertThat(waiting.join()).containsKey("waiting");
    }

    @Test
    void close_failsWhatIsNotFinishedInTime() {
        model.hold();
        TranslationScheduler impatient = new TranslationScheduler(
                "impatient",
                model,
                new QueueProperties(20, Duration.ofHours(1), Duration.ZERO),
                new BatchProperties(16, 10, 10, 1),
                Duration.ZERO,
                ticker,
                new SchedulerMetrics(new SimpleMeterRegistry(), "impatient"));
        SentenceTranslator other = new SentenceTranslator(
                "v1",
                new SentenceCache(DataSize.ofMegabytes(1), new SimpleMeterRegistry()),
                impatient,
                ticker,
                new SentenceMetrics(new SimpleMeterRegistry(), "impatient"),
                StageListener.NONE);
        CompletableFuture<?> running = begin(other, Map.of("running", 1));
        model.awaitBatch();
        CompletableFuture<?> waiting = begin(other, Map.of("waiting", 1));
        impatient.close();
        assertThat(running).isNotDone();
        assertFailsWith(waiting, ServiceException.Unavailable.class);
    }

    @Test
    void meters_tellQueueAndBatches() {
        model.hold();
        begin(Map.of("running", 3));
        model.awaitBatch();
        begin(Map.of("waiting", 5));
        assertThat(meters.get("translation.queue.tokens")
                        .tag("model", "model")
                        .gauge()
                        .value())
                .isEqualTo(5);
        model.letAllGo();
        translate("last");
        assertThat(meters.get("translation.tokens.source").counter().count()).isEqualTo(9);
        assertThat(meters.get("translation.tokens.target").counter().count()).isEqualTo(3);
        assertThat(meters.get("translation.step.rows").summary().count()).isBetween(2L, 3L);
        assertThat(meters.get("translation.step.time").timer().count()).isBetween(2L, 3L);
        for (String timer : List.of("translation.queue.time", "translation.first.token", "translation.last.token")) {
            assertThat(meters.get(timer).tag("lane", "interactive").timer().count())
                    .isEqualTo(3);
            assertThat(meters.get(timer).tag("lane", "batch").timer().count()).isZero();
        }
    }

    @Test
    void translate_whatDoesNotFit_isHeldUntilThereIsRoom() {
        try (TranslationScheduler holding = holding(Duration.ofSeconds(10))) {
            SentenceTranslator other = over(holding);
            model.hold();
            begin(other, Map.of("running", 1));
            model.awaitBatch();
            begin(other, Map.of("waiting", 15));
            CompletableFuture<Map<String, Translation>> held = begin(other, Map.of("held", 6));
            // First come, first served: this one would fit.
            CompletableFuture<Map<String, Translation>> behind = begin(other, Map.of("behind", 2));
            assertThat(meters.get("translation.queue.held")
                            .tag("model", "holding")
                            .gauge()
                            .value())
                    .isEqualTo(2);
            assertThat(meters.get("translation.queue.tokens")
                            .tag("model", "holding")
                            .gauge()
                            .value())
                    .isEqualTo(15);
            model.letAllGo();
            assertThat(text(held, "held")).isEqualTo("HELD");
            assertThat(text(behind, "behind")).isEqualTo("BEHIND");
        }
    }

    @Test
    void translate_heldTooLong_isRefusedAndLeavesNothingBehind() {
        try (TranslationScheduler holding = holding(Duration.ofMillis(30))) {
            SentenceTranslator other = over(holding);
            model.hold();
            begin(other, Map.of("running", 1));
            model.awaitBatch();
            CompletableFuture<Map<String, Translation>> waiting = begin(other, Map.of("waiting", 15));
            CompletableFuture<Map<String, Translation>> held = begin(other, Map.of("held", 6));
            assertThat(held).isNotDone();
            // As much again as the queue holds may be held, and no more.
            assertFailsWith(begin(other, Map.of("more", 15)), ServiceException.Overloaded.class);
            assertFailsWith(held, ServiceException.Overloaded.class);
            model.letAllGo();
            assertThat(text(waiting, "waiting")).isEqualTo("WAITING");
            assertThat(model.timesTranslated("held")).isZero();
            assertThat(meters.get("translation.queue.tokens")
                            .tag("model", "holding")
                            .gauge()
                            .value())
                    .isZero();
            assertThat(meters.get("translation.queue.held")
                            .tag("model", "holding")
                            .gauge()
                            .value())
                    .isZero();
        }
    }

    @Test
    void end_inTheMiddleOfATranslation_givesItsRowsBack() {
        model.takeSteps(1000);
        model.hold();
        RequestContext request = request();
        CompletableFuture<Map<String, Translation>> cancelled = begin(translator, Map.of("cancelled", 1), request);
        // Before the other comes, or both might be one batch.
        model.awaitBatch();
        CompletableFuture<Map<String, Translation>> other = begin(Map.of("other", 1));
        model.letGo(5);
        model.awaitBatch();
        request.end(Cancellation.CLIENT_GONE);
        model.letGo(2);
        assertFailsWith(cancelled, ServiceException.Cancelled.class);
        awaitLive(1);
        model.letAllGo();
        assertThat(text(other, "other")).isEqualTo("OTHER");
        assertThat(cancellations("client-gone")).isEqualTo(1);
    }

    @Test
    void deadline_inTheMiddleOfATranslation_givesItsRowsBack() {
        model.takeSteps(1000);
        model.hold();
        CompletableFuture<Map<String, Translation>> late = begin(Map.of("late", 1));
        model.awaitBatch();
        model.letGo(5);
        ticker.advance(Duration.ofSeconds(61));
        model.letGo(5);
        assertFailsWith(late, ServiceException.DeadlinePassed.class);
        assertThat(cancellations("deadline")).isEqualTo(1);
        model.takeSteps(1);
        model.letAllGo();
        assertThat(translate("next")).containsEntry("next", "NEXT");
    }

    @Test
    void end_ofOneOfTwoRequests_keepsWhatTheyShare() {
        model.takeSteps(10);
        model.hold();
        RequestContext request = request();
        begin(translator, Map.of("shared", 1), request);
        model.awaitBatch();
        CompletableFuture<Map<String, Translation>> second = begin(Map.of("shared", 1));
        request.end(Cancellation.CLIENT_GONE);
        model.letAllGo();
        assertThat(text(second, "shared")).isEqualTo("SHARED");
        assertThat(model.timesTranslated("shared")).isEqualTo(1);
    }

    /** What nobody waits for any more does not take room from others. */
    @Test
    void end_whileItWaits_makesRoomAtOnce() {
        model.hold();
        begin(Map.of("running", 1));
        model.awaitBatch();
        RequestContext request = request();
        begin(translator, Map.of("given up", 20), request);
        assertFailsWith(begin(Map.of("refused", 1)), ServiceException.Overloaded.class);
        request.end(Cancellation.CLIENT_GONE);
        CompletableFuture<Map<String, Translation>> next = begin(Map.of("next", 20));
        assertThat(next).isNotDone();
        model.letAllGo();
        assertThat(text(next, "next")).isEqualTo("NEXT");
        assertThat(model.timesTranslated("given up")).isZero();
    }

    /** A sentence enters while another is in the middle of its translation, and leaves before it. */
    @Test
    void translate_whatComesLater_doesNotWaitForWhatRuns() {
        model.takeSteps(100_000);
        model.hold();
        CompletableFuture<Map<String, Translation>> endless = begin(Map.of("endless", 1));
        model.awaitBatch();
        model.takeSteps(1);
        CompletableFuture<Map<String, Translation>> quick = begin(Map.of("quick", 1));
        model.letGo(50);
        assertThat(text(quick, "quick")).isEqualTo("QUICK");
        assertThat(endless).isNotDone();
    }

    @Test
    void translate_aFailure_doesNotReachThoseThatAreInTheMiddle() {
        model.takeSteps(5);
        model.hold();
        CompletableFuture<Map<String, Translation>> healthy = begin(Map.of("healthy", 1));
        model.awaitBatch();
        CompletableFuture<Map<String, Translation>> poisoned = begin(Map.of(FakeTranslator.POISON, 1));
        model.letAllGo();
        assertThat(text(healthy, "healthy")).isEqualTo("HEALTHY");
        assertFailsWith(poisoned, ServiceException.Internal.class);
    }

    private TranslationScheduler holding(Duration hold) {
        return scheduler("holding", Duration.ofHours(1), hold);
    }

    private TranslationScheduler scheduler(String name, Duration longestWait, Duration hold) {
        return new TranslationScheduler(
                name,
                model,
                new QueueProperties(20, longestWait, hold),
                new BatchProperties(16, 10, 10, 1),
                Duration.ofSeconds(10),
                ticker,
                new SchedulerMetrics(meters, name));
    }

    private SentenceTranslator over(TranslationScheduler other) {
        return new SentenceTranslator(
                "v1",
                new SentenceCache(DataSize.ofMegabytes(1), new SimpleMeterRegistry()),
                other,
                ticker,
                new SentenceMetrics(new SimpleMeterRegistry(), "holding"),
                StageListener.NONE);
    }

    private void awaitLive(int sentences) {
        while (model.liveSentences() != sentences) {
            Thread.onSpinWait();
        }
    }

    private double rejections(String reason) {
        return rejections("model", reason);
    }

    private double rejections(String name, String reason) {
        return meters.get("translation.rejections")
                .tag("model", name)
                .tag("reason", reason)
                .counter()
                .count();
    }

    private double cancellations(String reason) {
        return meters.get("translation.cancellations")
                .tag("reason", reason)
                .counter()
                .count();
    }

    @Test
    void listener_isToldOfTheStagesOfWhatWasNotKnown() {
        translate("known");
        translate("known");
        assertThat(stages).hasSize(1);
        model.hold();
        CompletableFuture<?> running = begin(Map.of("running", 1));
        model.awaitBatch();
        model.awaitBatch();
        CompletableFuture<?> waiting = begin(Map.of("known", 1, "waiting", 2, "wait too", 3));
        assertThat(knownSentences).containsExactly(0, 0, 1);
        ticker.advance(Duration.ofNanos(100));
        assertThat(stages.get(2)).isNotDone();
        model.letAllGo();
        CompletableFuture.allOf(running, waiting).join();
        assertThat(stages.get(2).join()).isEqualTo(new Stages(2, 5, 0, 100, 100, 100, 100, 100));
        assertThat(stages.get(2).join().isEncodingKnown()).isFalse();
    }

    @Test
    void meters_countWhatWasDecodedByPair() {
        translate("one two", "three");
        translate("one two");
        List.of("sentences", "tokens.source", "tokens.target")
                .forEach(name -> assertThat(meters.get("translation.decoded." + name)
                                .tags("model", "model", "pair", "en-fr")
                                .counter()
                                .count())
                        .isEqualTo(name.equals("sentences") ? 2 : 3));
    }

    /** Closing is under way once requests are refused. */
    private void awaitRefusal() {
        while (true) {
            try {
                assertThat(scheduler.reserve(request(), 0, 0)).isCompleted();
                Thread.onSpinWait();
            } catch (ServiceException.Unavailable refused) {
                return;
            }
        }
    }

    private static void assertFailsWith(CompletableFuture<?> future, Class<? extends ServiceException> fault) {
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(future::join)
                .havingCause()
                .isInstanceOf(fault);
    }

    private Map<String, String> translate(String... sentences) {
        Map<String, Integer> tokens = new LinkedHashMap<>();
        for (String sentence : sentences) {
            tokens.put(sentence, 1);
        }
        Map<String, String> translations = new LinkedHashMap<>();
        begin(tokens).join().forEach((sentence, translation) -> translations.put(sentence, translation.text()));
        return translations;
    }

    private static String text(CompletableFuture<Map<String, Translation>> request, String sentence) {
        return Objects.requireNonNull(request.join().get(sentence)).text();
    }

    @CanIgnoreReturnValue
    private CompletableFuture<Map<String, Translation>> begin(Map<String, Integer> sentences) {
        return begin(translator, sentences);
    }

    @CanIgnoreReturnValue
    private CompletableFuture<Map<String, Translation>> begin(SentenceTranslator over, Map<String, Integer> sentences) {
        return begin(over, sentences, request());
    }

    @CanIgnoreReturnValue
    private static CompletableFuture<Map<String, Translation>> begin(
            SentenceTranslator over, Map<String, Integer> sentences, RequestContext request) {
        return over.translate(sentences, TestServer.EN_FR, TranslationOptions.GREEDY, request)
                .thenCompose(SentenceRoute.InFlight::translations);
    }

    private RequestContext request() {
        return request(60);
    }

    private RequestContext request(int seconds) {
        return request(Lane.INTERACTIVE, seconds);
    }

    private RequestContext request(Lane lane, int seconds) {
        return new RequestContext(lane, "client", Deadline.after(Duration.ofSeconds(seconds), ticker));
    }
}
