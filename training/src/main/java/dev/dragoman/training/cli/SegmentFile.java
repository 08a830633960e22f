package dev.dragoman.training.cli;

import dev.dragoman.training.evaluation.Whitespace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Segments of a file as sacreBLEU reads them: one a line, which only a line feed ends, without the white space at its end. A carriage
 * return inside, or a line separator, ends no line; {@link Files#readAllLines} would shift all behind it.
 */
final class SegmentFile {
    private SegmentFile() {}

    /**
     * Reads all segments; the file is decompressed if its name ends in {@code .gz} or {@code .xz}.
     *
     * @throws CommandException if there are none, or a line is not UTF-8; the message names the line
     */
    static List<String> read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream input = open(file)) {
            bytes = input.readAllBytes();
        }
        List<String> segments = new ArrayList<>();
        for (int start = 0; start < bytes.length; ) {
            int end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            segments.add(decode(file, segments.size() + 1, ByteBuffer.wrap(bytes, start, end - start)));
            start = end + 1;
        }
        if (segments.isEmpty()) {
            throw new CommandException(file + " has no lines");
        }
        return segments;
    }

    private static InputStream open(Path file) throws IOException {
        InputStream raw = Files.newInputStream(file);
        try {
            if (file.toString().endsWith(".gz")) {
                return new GZIPInputStream(raw);
            }
            return file.toString().endsWith(".xz") ? new XZInputStream(raw) : raw;
        } catch (IOException e) {
            raw.close();
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static String decode(Path file, int line, ByteBuffer bytes) {
        try {
            return Whitespace.stripTrailing(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
        } catch (CharacterCodingException e) {
            throw new CommandException(file + ":" + line + ": not UTF-8", e);
        }
    }
}
