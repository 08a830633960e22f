package dev.dragoman.tokenizer;

import ai.djl.engine.EngineException;
import ai.djl.sentencepiece.SpTokenizer;
import java.nio.file.Path;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The native SentencePiece processor, and the only class that knows of it.
 *
 * <p>The native code ends the JVM when it is called after its memory was freed. So every call holds the read lock and looks at the
 * flag, and {@link #close} waits for the calls that are under way. Native encoding itself reads the model only and is called by many
 * threads at once.
 */
final class NativeEncoder implements AutoCloseable {
    static {
        keepQuiet();
    }

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final SpTokenizer tokenizer;
    private boolean closed;

    private NativeEncoder(SpTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Loads a model from the content of its file; {@code file} is for messages only. */
    static NativeEncoder open(Path file, byte[] content) throws VocabularyFormatException {
        try {
            return new NativeEncoder(new SpTokenizer(content));
        } catch (EngineException e) {
            throw new VocabularyFormatException(file, "refused by SentencePiece (" + e.getMessage() + ")", e);
        }
    }

    /** Ids of the pieces of {@code text}, which must be well-formed UTF-16. */
    int[] encode(String text) {
        lock.readLock().lock();
        try {
            checkOpen();
            return tokenizer.getProcessor().encode(text);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Throws {@link IllegalStateException} after {@link #close}. */
    void requireOpen() {
        lock.readLock().lock();
        try {
            checkOpen();
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                tokenizer.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the tokenizer is closed");
        }
    }

    /**
     * DJL reports the creation of a SentencePiece processor to its makers unless it is told not to, and a server on somebody's own
     * machines must not phone home. It reads these when the first processor is created; what the user has set is left alone.
     */
    private static void keepQuiet() {
        setIfAbsent("OPT_OUT_TRACKING");
        setIfAbsent("ai.djl.offline");
    }

    private static void setIfAbsent(String property) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, "true");
        }
    }
}
