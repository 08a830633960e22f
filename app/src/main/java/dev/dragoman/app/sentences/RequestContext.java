package dev.dragoman.app.sentences;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf sentences are translated: what all sentences of one request have in common, and the end of the request.
 *
 * <p>May be shared between threads.
 */
public final class RequestContext {
    private final Lane lane;
    private final String client;
    private final Deadline deadline;

    /** Those it waits for; null when it waits for nothing any more. */
    private @Nullable List<PendingSentence> sentences = new ArrayList<>();

    private Cancellation reason = Cancellation.REQUEST_FAILED;

    /**
     * @param client whose request it is: clients share the model equally. Opaque, and not told to anybody
     * @param deadline until when the request waits
     */
    public RequestContext(Lane lane, String client, Deadline deadline) {
        this.lane = lane;
        this.client = client;
        this.deadline = deadline;
    }

    Lane lane() {
        return lane;
    }

    String client() {
        return client;
    }

    public Deadline deadline() {
        return deadline;
    }

    /** Counts it among those that wait for a sentence, which it has created or joined. */
    void waitsFor(PendingSentence sentence) {
        synchronized (this) {
            if (sentences != null) {
                sentences.add(sentence);
                return;
            }
        }
        sentence.leave(reason);
    }

    /** Whether the request has ended: what is begun for it now would be given up at once. */
    public synchronized boolean isOver() {
        return sentences == null;
    }

    /**
     * The request is over, well or not: of its sentences, those that nobody else waits for are given up, in the middle of their
     * translation too. A second call does nothing.
     */
    public void end(Cancellation why) {
        List<PendingSentence> left;
        synchronized (this) {
            if (sentences == null) {
                return;
            }
            left = sentences;
            sentences = null;
            reason = why;
        }
        left.forEach(sentence -> sentence.leave(why));
    }
}
