package dev.dragoman.app.sentences;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties.BatchProperties;
import dev.dragoman.app.configuration.DragomanProperties.QueueProperties;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.Translator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits the sentences of requests to one model and has its workers translate them in batches.
 *
 * <p>Work-conserving: a free worker takes what is there and never waits for more, since while it decodes the next batch gathers by
 * itself. An empty server so answers at once, a busy one in full batches. Idle workers divide what waits between them.
 *
 * <p>Closing stops admission, translates what was admitted, and fails what is then still waiting; it does not close the translator.
 */
public final class TranslationScheduler implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TranslationScheduler.class);

    private final String modelName;
    private final Translator translator;
    private final Ticker ticker;
    private final Duration drainTime;
    private final SchedulerMetrics metrics;
    private final Throughput throughput = new Throughput();
    private final List<Thread> workers = new ArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final SentenceQueue queue;
    private int idleWorkers;
    private boolean closing;

    /**
     * Starts the workers.
     *
     * @param modelName the model's name in thread names and metrics
     * @param drainTime how long {@link #close} waits for admitted work
     */
    public TranslationScheduler(
            String modelName,
            Translator translator,
            QueueProperties queueProperties,
            BatchProperties batchProperties,
            Duration drainTime,
            Ticker ticker,
            SchedulerMetrics metrics) {
        this.modelName = modelName;
        this.translator = translator;
        this.ticker = ticker;
        this.drainTime = drainTime;
        this.metrics = metrics;
        this.queue = new SentenceQueue(queueProperties.tokens(), batchProperties.tokens(), batchProperties.sentences());
        metrics.watchQueue(this::waitingTokens);
        for (int i = 0; i < batchProperties.workerCount(); i++) {
            Thread worker = new Thread(this::work, "translation-" + modelName + "-" + i);
            // A start that fails elsewhere has to end the process without asking this thread.
            worker.setDaemon(true);
            workers.add(worker);
            worker.start();
        }
    }

    /**
     * Keeps room for {@code tokens}, to be handed back with {@link #submit}.
     *
     * @throws ServiceException if the queue has not that much room, never will have, or admits nothing any more
     */
    void reserve(int tokens) {
        lock.lock();
        try {
            if (closing) {
                throw shuttingDown();
            }
            if (tokens > queue.capacity()) {
                throw new ServiceException.LimitExceeded("q", "tokens", queue.capacity(), tokens);
            }
            if (!queue.reserve(tokens)) {
                throw new ServiceException.Overloaded(throughput.timeFor(queue.tokens()));
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds sentences in exchange for what was reserved for them; none only returns the reservation. Sentences that come after closing
     * has begun, since their request was between the two calls then, fail as unavailable.
     */
    void submit(Collection<PendingSentence> sentences, int reserved) {
        boolean late;
        lock.lock();
        try {
            late = closing;
            queue.add(late ? List.of() : sentences, reserved);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (late) {
            sentences.forEach(sentence -> sentence.completeExceptionally(shuttingDown()));
        }
    }

    private static ServiceException.Unavailable shuttingDown() {
        return new ServiceException.Unavailable("Unavailable: the server is shutting down");
    }

    private int waitingTokens() {
        lock.lock();
        try {
            return queue.tokens();
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        for (SentenceQueue.Batch batch = nextBatch(); batch != null; batch = nextBatch()) {
            batch.expired().forEach(PendingSentence::expire);
            if (!batch.sentences().isEmpty()) {
                translate(batch.sentences());
            }
        }
    }

    /** Waits for work; null when closing and nothing is left. */
    private SentenceQueue.@Nullable Batch nextBatch() {
        lock.lock();
        try {
            idleWorkers++;
            while (queue.isEmpty() && !closing) {
                changed.awaitUninterruptibly();
            }
            return queue.isEmpty() ? null : queue.nextBatch(ticker.read(), idleWorkers);
        } finally {
            idleWorkers--;
            lock.unlock();
        }
    }

    private void translate(List<PendingSentence> batch) {
        long started = ticker.read();
        int tokens = batch.stream().mapToInt(PendingSentence::tokens).sum();
        batch.forEach(sentence -> metrics.recordQueueTime(started - sentence.submitted()));
        List<Translation> translations;
        try {
            translations = translateTogether(batch);
        } catch (Throwable fault) { // Of any kind: a worker that dies would leave its requests waiting for ever.
            fail(batch, fault);
            return;
        }
        long nanos = ticker.read() - started;
        throughput.record(tokens, nanos);
        metrics.recordBatch(batch.size(), tokens, nanos);
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).complete(translations.get(i));
        }
    }

    private List<Translation> translateTogether(List<PendingSentence> batch) {
        SentenceKey key = batch.get(0).key();
        List<String> sentences =
                batch.stream().map(sentence -> sentence.key().sentence()).toList();
        List<Translation> translations = translator.translate(sentences, key.pair(), key.options());
        if (translations.size() != sentences.size()) {
            throw new IllegalStateException("The model " + modelName + " returned " + translations.size()
                    + " translations for " + sentences.size() + " sentences");
        }
        return translations;
    }

    /** A sentence that brings its batch down must not take strangers with it, so each gets a second chance alone. */
    private void fail(List<PendingSentence> batch, Throwable fault) {
        if (batch.size() > 1) {
            log.warn("A batch of {} sentences failed in model {}; trying each alone", batch.size(), modelName, fault);
            batch.forEach(sentence -> translate(List.of(sentence)));
        } else {
            log.error("A sentence of {} tokens failed in model {}", batch.get(0).tokens(), modelName, fault);
            batch.get(0).completeExceptionally(new ServiceException.Internal());
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        long end = System.nanoTime() + drainTime.toNanos();
        try {
            for (Thread worker : workers) {
                worker.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        failWhatIsLeft();
    }

    private void failWhatIsLeft() {
        List<PendingSentence> left;
        lock.lock();
        try {
            left = queue.removeAll();
        } finally {
            lock.unlock();
        }
        left.forEach(sentence -> sentence.completeExceptionally(shuttingDown()));
    }
}
