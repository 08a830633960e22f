package dev.dragoman.training.data;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that appears under its name whole or not at all: it is written under another name, which ends in {@code .part}, and moved when it is
 * on the disk.
 *
 * <p>Confined to one thread. The caller closes it; without {@link #commit} nothing is left of it.
 */
public final class NewFile implements Closeable {
    private final Path target;
    private final Path part;
    private final FileChannel channel;
    private final OutputStream stream;
    private boolean committed;

    private NewFile(Path target, Path part, FileChannel channel) {
        this.target = target;
        this.part = part;
        this.channel = channel;
        stream = new BufferedOutputStream(new Output(), 1 << 16);
    }

    /** Begins a file; its folder exists. */
    public static NewFile create(Path target) throws IOException {
        Path part = part(target);
        FileChannel channel = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        return new NewFile(target, part, channel);
    }

    /** Writes a whole file. */
    public static void write(Path target, byte[] content) throws IOException {
        try (NewFile file = create(target)) {
            file.stream().write(content);
            file.commit();
        }
    }

    /** Where a file is while it is not whole. */
    public static Path part(Path target) {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    /** Takes the content; its errors name the file. */
    public OutputStream stream() {
        return stream;
    }

    /** Makes the file appear under its name, replacing one that is there. */
    public void commit() throws IOException {
        stream.flush();
        try {
            channel.force(true);
        } catch (IOException e) {
            throw named(e);
        }
        channel.close();
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        committed = true;
    }

    @Override
    public void close() throws IOException {
        if (!committed) {
            channel.close();
            Files.deleteIfExists(part);
        }
    }

    private IOException named(IOException e) {
        return new IOException(part + ": " + e.getMessage(), e);
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            try {
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            } catch (IOException e) {
                throw named(e);
            }
        }
    }
}
