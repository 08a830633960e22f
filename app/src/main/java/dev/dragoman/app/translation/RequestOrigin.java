package dev.dragoman.app.translation;

import dev.dragoman.app.sentences.Lane;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Where a request comes from, as far as its place in the queue and its end depend on it. May be shared between threads. */
public final class RequestOrigin {
    private final Lane lane;
    private final String client;
    private final @Nullable Duration timeout;
    private final CompletableFuture<Void> hungUp = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /**
     * @param client whose request it is, opaque: clients share a model equally
     * @param timeout how long the client waits, if it says so
     */
    public RequestOrigin(Lane lane, String client, @Nullable Duration timeout) {
        this.lane = lane;
        this.client = client;
        this.timeout = timeout;
    }

    Lane lane() {
        return lane;
    }

    String client() {
        return client;
    }

    /** How long the request may take: no longer than {@code most}. */
    Duration timeout(Duration most) {
        return timeout == null || timeout.compareTo(most) > 0 ? most : timeout;
    }

    /** The client has gone: what is translated for it alone is given up. */
    public void hangUp() {
        hungUp.complete(null);
    }

    void onHangUp(Runnable action) {
        hungUp.thenRun(action);
    }

    /** The request's translation is over, well or not. */
    void end() {
        ended.complete(null);
    }

    /** Runs an action when the translation is over, at once if it is. */
    public void onEnd(Runnable action) {
        ended.thenRun(action);
    }
}
