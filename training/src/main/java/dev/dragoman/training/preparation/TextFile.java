package dev.dragoman.training.preparation;

import dev.dragoman.training.data.NewFile;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Writes a text as compressed TSV, which appears whole or not at all. Confined to one thread; the caller closes it. */
final class TextFile implements Closeable {
    private final NewFile file;
    private final OutputStream output;

    private TextFile(NewFile file, OutputStream output) {
        this.file = file;
        this.output = output;
    }

    static TextFile create(Path target) throws IOException {
        NewFile file = NewFile.create(target);
        try {
            return new TextFile(file, new BufferedOutputStream(new Fast(file.stream()), 1 << 16));
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    void write(String source, String target) throws IOException {
        output.write((source + "\t" + target + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a line of another such file. */
    void write(ByteBuffer line) throws IOException {
        output.write(line.array(), line.arrayOffset() + line.position(), line.remaining());
        output.write('\n');
    }

    /** Makes the file appear under its name. */
    void commit() throws IOException {
        // Ends the compressed stream; what is below it stays open.
        output.close();
        file.commit();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** The lowest level: three times as fast as the default, for files a quarter larger. */
    private static final class Fast extends GZIPOutputStream {
        Fast(OutputStream output) throws IOException {
            super(output, 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
