package dev.dragoman.training.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * Reads sentence pairs from a file, one a line: source, target and, optionally, origin and kind, separated by tabs.
 *
 * <p>UTF-8 with LF or CRLF line ends and no header; compressed if the name ends in {@code .xz} or {@code .gz}. A line that is
 * not of this form is skipped and counted: a corpus of millions of lines has a few, and none of them should end a training run. The
 * first ones are kept, with file and line number, to be shown. A damaged or truncated compressed file is an error, because the
 * amount that is lost is not known.
 *
 * <p>Confined to one thread; memory use does not grow with the file. The caller closes it.
 */
public final class TsvCorpus implements Closeable {
    private static final int EXAMPLES = 5;
    private static final int MAXIMUM_COLUMNS = 4;

    private final Path file;
    private final LineReader lines;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final Map<SkipReason, Long> skipped = new EnumMap<>(SkipReason.class);
    private final List<String> firstSkipped = new ArrayList<>();

    private TsvCorpus(Path file, InputStream input) {
        this.file = file;
        lines = new LineReader(file, input, Integer.MAX_VALUE - 8);
    }

    /**
     * Opens a corpus at its first line.
     *
     * @throws IOException if the file cannot be read or is not of the compression that its name says; the message names it
     */
    public static TsvCorpus open(Path file) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            return new TsvCorpus(file, decompress(file, raw));
        } catch (IOException e) {
            raw.close();
            throw new IOException(file + ": " + LineReader.reason(e), e);
        }
    }

    /** All pairs of a file that fits in memory, such as a development set, in the order of the file. */
    public static List<SentencePair> readAll(Path file) throws IOException {
        List<SentencePair> pairs = new ArrayList<>();
        try (TsvCorpus corpus = open(file)) {
            for (SentencePair pair = corpus.next(); pair != null; pair = corpus.next()) {
                pairs.add(pair);
            }
        }
        return pairs;
    }

    private static InputStream decompress(Path file, InputStream raw) throws IOException {
        String name = file.toString();
        if (name.endsWith(".xz")) {
            return new XZInputStream(raw);
        }
        return name.endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw;
    }

    /**
     * The next well-formed pair, or null at the end of the file.
     *
     * @throws IOException if reading fails; the message names file and line
     */
    public @Nullable SentencePair next() throws IOException {
        while (lines.next()) {
            SentencePair pair = parse();
            if (pair != null) {
                return pair;
            }
        }
        return null;
    }

    /** Lines read so far, skipped ones included; so this is also the number of the last line, counted from 1. */
    public long lines() {
        return lines.number();
    }

    /** Number of malformed lines so far by reason; reasons that did not occur are absent. */
    public Map<SkipReason, Long> skipped() {
        return Collections.unmodifiableMap(skipped);
    }

    /** The first few malformed lines as {@code file:line: reason}. */
    public List<String> firstSkipped() {
        return Collections.unmodifiableList(firstSkipped);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }

    private @Nullable SentencePair parse() {
        String text;
        try {
            text = decoder.decode(lines.bytes()).toString();
        } catch (CharacterCodingException e) {
            return skip(SkipReason.NOT_UTF8);
        }
        if (lines.number() == 1 && text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        String[] columns = text.split("\t", -1);
        if (columns.length < 2) {
            return skip(SkipReason.MISSING_COLUMN);
        }
        if (columns.length > MAXIMUM_COLUMNS) {
            return skip(SkipReason.TOO_MANY_COLUMNS);
        }
        return new SentencePair(
                columns[0], columns[1], columns.length > 2 ? columns[2] : "", columns.length > 3 ? columns[3] : "");
    }

    private @Nullable SentencePair skip(SkipReason reason) {
        skipped.merge(reason, 1L, Long::sum);
        if (firstSkipped.size() < EXAMPLES) {
            firstSkipped.add(file + ":" + lines.number() + ": " + reason.description());
        }
        return null;
    }
}
