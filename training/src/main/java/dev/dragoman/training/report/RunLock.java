package dev.dragoman.training.report;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a run's folder that a training process holds while it lives; the kernel takes it back however the process ends. A file system
 * of a network may not tell other machines of it.
 */
final class RunLock implements Closeable {
    /** The file in the run's folder; it stays when nobody holds the lock. */
    static final String NAME = "run.lock";

    private static final int ATTEMPTS = 10;
    private static final int MILLIS_BETWEEN = 20;

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @return null if another holds it
     */
    static @Nullable RunLock take(Path run) throws IOException {
        FileChannel channel = FileChannel.open(run.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            // Who asks whether it is held holds it for a moment.
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (channel.tryLock() != null) {
                    return new RunLock(channel);
                }
                Thread.sleep(MILLIS_BETWEEN);
            }
        } catch (OverlappingFileLockException e) {
            // This process holds it already.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    /**
     * Whether a process holds the lock of a run.
     *
     * @throws IOException if the file system cannot tell
     */
    static boolean held(Path run) throws IOException {
        Path file = run.resolve(NAME);
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return lock == null;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
