package dev.dragoman.app.sentences;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationSession;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.search.SearchLimits;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One decoder: has its sentences advance together, step by step, takes new ones into the rows that become free, and lets those go that
 * nobody waits for any more. Confined to its thread.
 */
final class TranslationWorker {
    private static final Logger log = LoggerFactory.getLogger(TranslationWorker.class);

    /** Of a sentence that has taken as many steps as expected nobody knows how many more it takes. */
    private static final double LEAST_STEPS_LEFT = 2;

    private final String modelName;
    private final Translator translator;
    private final SearchLimits limits;
    private final Ticker ticker;
    private final SchedulerMetrics metrics;
    private final Throughput throughput;

    /** A sentence in the decoder. */
    private static final class Live {
        final PendingSentence sentence;
        final CompletableFuture<Translation> translation;
        int steps;

        Live(PendingSentence sentence, CompletableFuture<Translation> translation) {
            this.sentence = sentence;
            this.translation = translation;
        }
    }

    private final List<Live> live = new ArrayList<>();

    /** How many sentences the scheduler believes are in; under its lock. */
    int reported;

    private @Nullable TranslationSession session;

    TranslationWorker(
            String modelName,
            Translator translator,
            SearchLimits limits,
            Ticker ticker,
            SchedulerMetrics metrics,
            Throughput throughput) {
        this.modelName = modelName;
        this.translator = translator;
        this.limits = limits;
        this.ticker = ticker;
        this.metrics = metrics;
        this.throughput = throughput;
    }

    /** How many sentences are in. */
    int sentences() {
        return live.size();
    }

    /** What is in, and what still fits. */
    DecoderRoom room() {
        DecoderRoom room = new DecoderRoom(limits);
        live.forEach(one -> room.add(one.sentence));
        return room;
    }

    /** Nanoseconds that a step may take if all that is in is to be ready in time, as far as can be told. */
    double toleratedStepNanos(long now) {
        double tolerated = Double.POSITIVE_INFINITY;
        for (Live one : live) {
            double left = Math.max(LEAST_STEPS_LEFT, throughput.stepsFor(one.sentence.tokens()) - one.steps);
            tolerated = Math.min(tolerated, one.sentence.nanosLeft(now) / left);
        }
        return tolerated;
    }

    /** Takes sentences in that have been taken from the queue. */
    void begin(List<PendingSentence> sentences) {
        long now = ticker.read();
        for (PendingSentence sentence : sentences) {
            metrics.recordQueueTime(sentence.lane(), now - sentence.submitted());
            submit(sentence);
        }
    }

    private void submit(PendingSentence sentence) {
        SentenceKey key = sentence.key();
        try {
            live.add(new Live(sentence, open().submit(key.sentence(), key.pair(), key.options())));
        } catch (Throwable fault) { // Of any kind: a worker that dies would leave its requests waiting for ever.
            fail(sentence, fault);
        }
    }

    private TranslationSession open() {
        TranslationSession present = session;
        if (present == null) {
            present = translator.openSession();
            session = present;
        }
        return present;
    }

    /** Advances every sentence by one token. */
    void step() {
        letGo();
        if (live.isEmpty()) {
            return;
        }
        long started = ticker.read();
        int sentences = live.size();
        TranslationSession.Occupancy occupancy;
        try {
            TranslationSession present = open();
            present.step();
            occupancy = present.occupancy();
        } catch (Throwable fault) { // Of any kind, as above.
            retryAlone(fault);
            return;
        }
        long now = ticker.read();
        metrics.recordStep(occupancy, now - started);
        throughput.record(sentences, finish(now), now - started);
    }

    /** Lets those go that nobody waits for any more. */
    private void letGo() {
        long now = ticker.read();
        List<PendingSentence> gone = null;
        for (Iterator<Live> each = live.iterator(); each.hasNext(); ) {
            Live one = each.next();
            if (one.sentence.dropIfUnwanted(now)) {
                one.translation.cancel(false);
                each.remove();
                gone = gone == null ? new ArrayList<>() : gone;
                gone.add(one.sentence);
            }
        }
        if (gone != null) {
            drop(gone, metrics);
        }
    }

    /** Tells whoever waited for sentences that have been given up. */
    static void drop(List<PendingSentence> gone, SchedulerMetrics metrics) {
        for (PendingSentence sentence : gone) {
            metrics.countCancellation(sentence.cancellation());
            sentence.expire();
        }
    }

    /** Hands over what the last step has finished; returns its source tokens. */
    private int finish(long now) {
        int tokens = 0;
        for (Iterator<Live> each = live.iterator(); each.hasNext(); ) {
            Live one = each.next();
            long age = now - one.sentence.submitted();
            one.steps++;
            if (one.steps == 1) {
                // Encoding is the beginning of the first step.
                one.sentence.encoded(now);
                metrics.recordFirstToken(one.sentence.lane(), age);
            }
            if (one.translation.isDone()) {
                each.remove();
                tokens += one.sentence.tokens();
                one.translation.whenComplete((translation, fault) -> hand(one.sentence, translation, fault, age));
            }
        }
        return tokens;
    }

    private void hand(
            PendingSentence sentence, @Nullable Translation translation, @Nullable Throwable fault, long age) {
        if (translation == null) {
            fail(sentence, fault == null ? new IllegalStateException("no translation") : fault);
            return;
        }
        int written = translation.hypotheses().get(0).tokens();
        metrics.recordLastToken(sentence.lane(), age, sentence.tokens(), written);
        throughput.recordSteps(sentence.tokens(), written);
        sentence.complete(translation);
    }

    /** A sentence that brings the decoder down must not take strangers with it, so each gets a second chance alone. */
    private void retryAlone(Throwable fault) {
        closeSession();
        List<Live> suspects = List.copyOf(live);
        live.clear();
        if (suspects.size() == 1) {
            fail(suspects.get(0).sentence, fault);
            return;
        }
        log.warn(
                "A decoder step of {} sentences failed in model {}; trying each alone",
                suspects.size(),
                modelName,
                fault);
        for (Live suspect : suspects) {
            submit(suspect.sentence);
            while (!live.isEmpty()) {
                step();
            }
        }
    }

    private void fail(PendingSentence sentence, Throwable fault) {
        log.error("A sentence of {} tokens failed in model {}", sentence.tokens(), modelName, fault);
        sentence.completeExceptionally(new ServiceException.Internal());
    }

    /** Frees the decoder. */
    void close() {
        closeSession();
    }

    private void closeSession() {
        TranslationSession present = session;
        session = null;
        if (present != null) {
            try {
                present.close();
            } catch (RuntimeException fault) {
                log.error("A decoder of model {} cannot be closed", modelName, fault);
            }
        }
    }
}
