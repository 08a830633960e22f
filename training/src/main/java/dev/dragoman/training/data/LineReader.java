package dev.dragoman.training.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Lines of a file as bytes, so that bytes that are not UTF-8 cost one line only. A line ends at LF or CRLF and nowhere else: not at the other
 * line ends of Unicode, which text from the web holds within sentences.
 *
 * <p>Confined to one thread; memory use does not grow with the file. Closing it closes the stream.
 */
public final class LineReader implements Closeable {
    private final Path file;
    private final InputStream input;
    private final int longest;
    private final byte[] buffer = new byte[1 << 16];
    private int bufferStart;
    private int bufferEnd;
    private byte[] line = new byte[1 << 10];
    private int length;
    private long number;

    /**
     * A reader at the first line.
     *
     * @param file for messages
     * @param longest bytes of a line that are kept; what is behind them is passed over
     */
    public LineReader(Path file, InputStream input, int longest) {
        this.file = file;
        this.input = input;
        this.longest = longest;
    }

    /**
     * Goes on to the next line, if there is one.
     *
     * @throws IOException if reading fails; the message names file and line
     */
    public boolean next() throws IOException {
        length = 0;
        boolean any = false;
        while (bufferStart < bufferEnd || fill()) {
            any = true;
            int end = bufferStart;
            while (end < bufferEnd && buffer[end] != '\n') {
                end++;
            }
            append(bufferStart, end - bufferStart);
            if (end < bufferEnd) {
                bufferStart = end + 1;
                if (length > 0 && line[length - 1] == '\r') {
                    length--;
                }
                break;
            }
            bufferStart = end;
        }
        number += any ? 1 : 0;
        return any;
    }

    /** The line's bytes without its end, valid until the next line is read. */
    public ByteBuffer bytes() {
        return ByteBuffer.wrap(line, 0, length);
    }

    /** The line as text; malformed bytes become U+FFFD. */
    public String text() {
        return new String(line, 0, length, StandardCharsets.UTF_8);
    }

    /** The line's number, counted from 1; so also how many have been read. */
    public long number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        input.close();
    }

    private boolean fill() throws IOException {
        try {
            bufferStart = 0;
            bufferEnd = Math.max(0, input.read(buffer));
            return bufferEnd > 0;
        } catch (IOException e) {
            throw new IOException(file + ":" + (number + 1) + ": " + reason(e), e);
        }
    }

    private void append(int from, int count) {
        int kept = Math.min(count, longest - length);
        if (length + kept > line.length) {
            line = Arrays.copyOf(line, Math.max(2 * line.length, length + kept));
        }
        System.arraycopy(buffer, from, line, length, kept);
        length += kept;
    }

    static String reason(IOException e) {
        return e.getMessage() == null ? "truncated or damaged (" + e.getClass().getSimpleName() + ")" : e.getMessage();
    }
}
