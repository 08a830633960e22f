package dev.dragoman.training.preparation;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The two files of a WMT test set. They are SGML, and loosely so: ampersands stand for themselves, tags in any case. Segments are
 * paired by their documents' and their own names, whatever their order; of several references the first is taken.
 *
 * <p>A test set is small; both files are held in memory.
 */
final class SgmlPairs implements PairReader {
    private static final Pattern TAG = Pattern.compile("<(doc|seg)\\b([^>]*)>", Pattern.CASE_INSENSITIVE);
    private static final Pattern END = Pattern.compile("</seg\\s*>", Pattern.CASE_INSENSITIVE);
    private static final Pattern DOCUMENT = name("docid");
    private static final Pattern SEGMENT = name("id");

    private final Iterator<Map.Entry<Key, String>> sources;
    private final Map<Key, String> targets;

    private SgmlPairs(Map<Key, String> sources, Map<Key, String> targets) {
        this.sources = sources.entrySet().iterator();
        this.targets = targets;
    }

    /** A segment's place. */
    private record Key(String document, String segment) {
        @Override
        public String toString() {
            return "segment " + segment + " of document " + document;
        }
    }

    static SgmlPairs open(ArchiveFile sourceFile, ArchiveFile targetFile) throws IOException {
        Map<Key, String> sources = read(sourceFile);
        Map<Key, String> targets = read(targetFile);
        requireAll(sources, sourceFile.path(), targets, targetFile.path());
        requireAll(targets, targetFile.path(), sources, sourceFile.path());
        return new SgmlPairs(sources, targets);
    }

    private static void requireAll(Map<Key, String> wanted, Path from, Map<Key, String> there, Path in)
            throws IOException {
        for (Key key : wanted.keySet()) {
            if (!there.containsKey(key)) {
                throw new IOException(in + ": has no " + key + ", but " + from + " has");
            }
        }
    }

    private static Map<Key, String> read(ArchiveFile file) throws IOException {
        String text;
        try (InputStream input = file.open()) {
            text = new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (EOFException e) {
            throw new IOException(file.path() + ": is truncated", e);
        }
        Map<Key, String> segments = new LinkedHashMap<>();
        Matcher tag = TAG.matcher(text);
        Matcher end = END.matcher(text);
        String document = "";
        for (int at = 0; tag.find(at); ) {
            at = tag.end();
            if (tag.group(1).equalsIgnoreCase("doc")) {
                document = attribute(DOCUMENT, tag, "docid", file);
                continue;
            }
            Key key = new Key(document, attribute(SEGMENT, tag, "id", file));
            if (!end.find(at)) {
                throw new IOException(file.path() + ": " + key + " has no end");
            }
            segments.putIfAbsent(key, text.substring(at, end.start()));
            at = end.end();
        }
        if (segments.isEmpty()) {
            throw new IOException(file.path() + ": has no segments (<seg id=...>)");
        }
        return segments;
    }

    private static Pattern name(String attribute) {
        return Pattern.compile(
                "(?<![a-z])" + attribute + "\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s>]+))", Pattern.CASE_INSENSITIVE);
    }

    private static String attribute(Pattern pattern, Matcher tag, String name, ArchiveFile file) throws IOException {
        Matcher matcher = pattern.matcher(tag.group(2));
        if (!matcher.find()) {
            throw new IOException(file.path() + ": " + tag.group() + " has no " + name);
        }
        for (int group = 1; group < matcher.groupCount(); group++) {
            if (matcher.group(group) != null) {
                return matcher.group(group);
            }
        }
        return matcher.group(matcher.groupCount());
    }

    @Override
    public @Nullable RawPair next() {
        if (!sources.hasNext()) {
            return null;
        }
        Map.Entry<Key, String> source = sources.next();
        return new RawPair(source.getValue(), targets.get(source.getKey()));
    }

    @Override
    public void close() {
        // Both files were closed when they had been read.
    }
}
