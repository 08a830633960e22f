package dev.dragoman.app.sentences;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.configuration.DragomanProperties.BatchProperties;
import dev.dragoman.app.configuration.DragomanProperties.QueueProperties;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.sentences.SchedulerMetrics.Rejection;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.search.SearchLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Admits the sentences of requests to one model and feeds them to its decoders.
 *
 * <p>Work-conserving: a sentence waits for rows to be free, never for others to come. A request that finds the queue full is held for a
 * moment, in which room may appear, before it is refused.
 *
 * <p>Closing stops admission, translates what was admitted, and fails what is then still waiting; it does not close the translator.
 */
public final class TranslationScheduler implements AutoCloseable {
    /** A working decoder takes new sentences when they are this part of those that are in, since encoding costs less for several... */
    private static final int WORTHWHILE_PART = 8;
    /** ...or after so many steps, which nobody notices. */
    private static final int PATIENT_STEPS = 4;
    /** How often sentences that nobody waits for are looked for in the queue. */
    private static final long CLEANING_NANOS = Duration.ofMillis(100).toNanos();

    private final Ticker ticker;
    private final Duration longestWait;
    private final Duration hold;
    private final Duration drainTime;
    private final SchedulerMetrics metrics;
    private final Throughput throughput;
    private final List<Thread> workers = new ArrayList<>();
    private final int workerCount;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final SentenceQueue queue;
    private final HeldRequests held;
    private int liveSentences;
    private long cleaned;
    /** When the queue was last empty, unless it is. */
    private long waitingSince;

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
        this.ticker = ticker;
        this.longestWait = queueProperties.longestWait();
        this.hold = queueProperties.hold();
        this.drainTime = drainTime;
        this.metrics = metrics;
        this.queue = new SentenceQueue(queueProperties.tokens());
        this.held = new HeldRequests(queueProperties.tokens());
        this.workerCount = batchProperties.workerCount();
        this.throughput = new Throughput(workerCount);
        this.cleaned = ticker.read();
        metrics.watchQueue(
                () -> locked(queue::tokens), lane -> locked(() -> queue.sentences(lane)), () -> locked(held::size));
        SearchLimits limits =
                new SearchLimits(batchProperties.rows(), batchProperties.sentences(), batchProperties.tokens());
        for (int i = 0; i < workerCount; i++) {
            TranslationWorker worker =
                    new TranslationWorker(modelName, translator, limits, ticker, metrics, throughput);
            Thread thread = new Thread(() -> work(worker), "translation-" + modelName + "-" + i);
            // A start that fails elsewhere has to end the process without asking this thread.
            thread.setDaemon(true);
            workers.add(thread);
            thread.start();
        }
    }

    private interface Count {
        int get();
    }

    private int locked(Count count) {
        lock.lock();
        try {
            return count.get();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Keeps room for {@code tokens}, to be handed back with {@link #submit}.
     *
     * @param longest tokens of the longest sentence
     * @return completes when there is room, or with {@link ServiceException.Overloaded} if there is none for too long, or if so much is to be
     *     done before that the request could not be ready by its deadline: it would take the place of others and be given up in the end. So it
     *     is where its turn would come later than {@code dragoman.queue.longest-wait} from now
     * @throws ServiceException if the queue never has that much room, or admits nothing any more
     */
    CompletableFuture<Void> reserve(RequestContext request, int tokens, int longest) {
        CompletableFuture<Void> admitted = new CompletableFuture<>();
        List<PendingSentence> gone = List.of();
        lock.lock();
        try {
            if (closing) {
                metrics.countRejection(Rejection.SHUTTING_DOWN);
                throw shuttingDown();
            }
            if (tokens > queue.capacity()) {
                metrics.countRejection(Rejection.TOO_LARGE);
                throw new ServiceException.LimitExceeded("q", "tokens", queue.capacity(), tokens);
            }
            long now = ticker.read();
            if (isTooLate(request, now, tokens, longest)) {
                metrics.countRejection(Rejection.TOO_LATE);
                return CompletableFuture.failedFuture(overloaded());
            }
            if (isTooFarBehind(request, now)) {
                metrics.countRejection(Rejection.TOO_LONG_A_WAIT);
                return CompletableFuture.failedFuture(overloaded());
            }
            // Whoever is held came first.
            if (held.isEmpty() && queue.reserve(tokens)) {
                return CompletableFuture.completedFuture(null);
            }
            gone = queue.removeUnwanted(now);
            if (held.isEmpty() && queue.reserve(tokens)) {
                return CompletableFuture.completedFuture(null);
            }
            if (hold.isZero() || !held.hasRoom(tokens)) {
                metrics.countRejection(hold.isZero() ? Rejection.QUEUE_FULL : Rejection.TOO_MANY_HELD);
                return CompletableFuture.failedFuture(overloaded());
            }
            held.add(tokens, admitted);
        } finally {
            lock.unlock();
            TranslationWorker.drop(gone, metrics);
        }
        admitHeld();
        return admitted.orTimeout(hold.toNanos(), TimeUnit.NANOSECONDS).exceptionallyCompose(tooLong -> {
            metrics.countRejection(Rejection.QUEUE_FULL);
            return CompletableFuture.failedFuture(locked(() -> closing ? 1 : 0) == 1 ? shuttingDown() : overloaded());
        });
    }

    /** Estimates err in the request's favour, and where nothing waits it is tried in any case. */
    private boolean isTooLate(RequestContext request, long now, int tokens, int longest) {
        int together = Math.max(1, liveSentences / workerCount);
        long left = request.deadline().nanos() - now - throughput.decodingNanos(longest, together);
        return queue.sentences(request.lane()) > 0
                && throughput.nanosFor(queue.tokens()) > left
                && throughput.nanosFor(queue.ahead(request, tokens)) > left;
    }

    /**
     * Whether others would have to be translated for too long before a request's turn comes. The batch lane has time. A burst is let in: only a queue
     * that has not been empty for as long tells how fast it really is drained.
     */
    private boolean isTooFarBehind(RequestContext request, long now) {
        return request.lane() == Lane.INTERACTIVE
                && !queue.isEmpty()
                && now - waitingSince > longestWait.toNanos()
                && throughput.nanosFor(queue.tokens()) > longestWait.toNanos()
                && throughput.nanosFor(queue.ahead(request, 1)) > longestWait.toNanos();
    }

    private ServiceException overloaded() {
        return new ServiceException.Overloaded(throughput.timeFor(locked(queue::tokens)));
    }

    /** Lets held requests in as far as there is room. */
    private void admitHeld() {
        List<HeldRequests.Admitted> admitted;
        lock.lock();
        try {
            admitted = held.admit(queue);
        } finally {
            lock.unlock();
        }
        for (HeldRequests.Admitted one : admitted) {
            // Outside the lock: it runs the request's code.
            if (!one.future().complete(null)) {
                giveBack(one.tokens());
            }
        }
    }

    private void giveBack(int reserved) {
        lock.lock();
        try {
            queue.release(reserved);
        } finally {
            lock.unlock();
        }
        admitHeld();
    }

    /**
     * Adds sentences in exchange for what was reserved for them; none only returns the reservation. Sentences that come after closing
     * has begun, since their request was between the two calls then, fail as unavailable.
     */
    void submit(RequestContext request, Collection<PendingSentence> sentences, int reserved) {
        boolean late;
        lock.lock();
        try {
            late = closing;
            waitingSince = queue.isEmpty() ? ticker.read() : waitingSince;
            queue.add(request, late ? List.of() : sentences, reserved);
            wake(sentences.size());
        } finally {
            lock.unlock();
        }
        if (late) {
            sentences.forEach(sentence -> sentence.completeExceptionally(shuttingDown()));
        }
        admitHeld();
    }

    /** Wakes no more workers than can find something to do: most requests bring one sentence, or none that is not known already. */
    private void wake(int sentences) {
        if (sentences == 1) {
            changed.signal();
        } else if (sentences > 1) {
            changed.signalAll();
        }
    }

    private static ServiceException.Unavailable shuttingDown() {
        return new ServiceException.Unavailable("Unavailable: the server is shutting down");
    }

    private void work(TranslationWorker worker) {
        int waitedSteps = 0;
        while (true) {
            Taken taken = take(worker, waitedSteps);
            if (taken == null) {
                break;
            }
            TranslationWorker.drop(taken.gone(), metrics);
            if (!taken.gone().isEmpty() || !taken.sentences().isEmpty()) {
                admitHeld();
            }
            waitedSteps = taken.sentences().isEmpty() ? waitedSteps + 1 : 0;
            worker.begin(taken.sentences());
            worker.step();
        }
        worker.close();
    }

    /**
     * What a worker is given.
     *
     * @param gone those that nobody waits for any more
     */
    private record Taken(List<PendingSentence> sentences, List<PendingSentence> gone) {}

    /** What a worker shall begin now, often nothing; waits while it has nothing to do at all. Null when closing and nothing is left. */
    private @Nullable Taken take(TranslationWorker worker, int waitedSteps) {
        lock.lock();
        try {
            int mine = worker.sentences();
            report(worker, mine);
            if (mine == 0) {
                while (queue.isEmpty() && !closing) {
                    changed.awaitUninterruptibly();
                }
                if (queue.isEmpty()) {
                    return null;
                }
            }
            long now = ticker.read();
            List<PendingSentence> gone = new ArrayList<>(clean(now));
            List<PendingSentence> sentences = new ArrayList<>();
            int waiting = queue.sentences();
            boolean worthwhile = mine == 0 || waiting * WORTHWHILE_PART >= mine || waitedSteps >= PATIENT_STEPS;
            if (waiting > 0 && worthwhile) {
                takeShare(worker, now, sentences, gone);
            }
            report(worker, mine + sentences.size());
            return new Taken(sentences, gone);
        } finally {
            lock.unlock();
        }
    }

    private void report(TranslationWorker worker, int sentences) {
        liveSentences += sentences - worker.reported;
        worker.reported = sentences;
    }

    /** Takes no more than the worker's share of all that is to be done, so that the others have theirs. */
    private void takeShare(
            TranslationWorker worker, long now, List<PendingSentence> sentences, List<PendingSentence> gone) {
        int all = liveSentences + queue.sentences();
        int share = (all + workerCount - 1) / workerCount - worker.sentences();
        DecoderRoom room = worker.room();
        double tolerated = worker.toleratedStepNanos(now);
        while (sentences.size() < share) {
            int together = worker.sentences() + sentences.size() + 1;
            // More in a step make it longer for all: what is in shall still be ready in time.
            if (together > 1 && throughput.stepNanos(together) > tolerated) {
                return;
            }
            PendingSentence next = room.next(queue);
            if (next == null) {
                return;
            }
            // A decoder at rest tries anything: only work tells how long work takes now.
            if (next.take(now, together == 1 ? 0 : throughput.decodingNanos(next.tokens(), together))) {
                sentences.add(next);
                room.add(next);
                tolerated = Math.min(tolerated, next.nanosLeft(now) / throughput.stepsFor(next.tokens()));
            } else {
                gone.add(next);
            }
        }
    }

    private List<PendingSentence> clean(long now) {
        if (now - cleaned < CLEANING_NANOS) {
            return List.of();
        }
        cleaned = now;
        return queue.removeUnwanted(now);
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
