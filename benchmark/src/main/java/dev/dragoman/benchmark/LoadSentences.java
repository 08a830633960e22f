package dev.dragoman.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * English sentences of all lengths to load a server with, in a random order, no two of them equal. Safe for use by many threads.
 */
final class LoadSentences {
    private static final long SEED = 17;
    private static final Pattern PLACEHOLDER = Pattern.compile("%[0-9$]*[a-z]");
    /** Sentences made of the strings that come with the benchmarks: enough for minutes, of one to three strings each. */
    private static final int COMPOSED = 40_000;

    private final List<String> sentences;
    private final AtomicLong next = new AtomicLong();

    private LoadSentences(List<String> sentences) {
        this.sentences = sentences;
    }

    /**
     * Reads or composes sentences.
     *
     * @param file a sentence a line, or its first column where tabs are; compressed if its name ends in {@code .xz}; null for what comes with the
     *     benchmarks, strings of programs put together
     */
    static LoadSentences of(@Nullable Path file) {
        List<String> sentences = file == null ? composed() : read(file);
        if (sentences.isEmpty()) {
            throw new BenchmarkException("there is no sentence in " + file);
        }
        List<String> distinct = new ArrayList<>(new LinkedHashSet<>(sentences));
        Collections.shuffle(distinct, new Random(SEED));
        return new LoadSentences(distinct);
    }

    private static List<String> read(Path file) {
        try (InputStream raw = Files.newInputStream(file);
                InputStream input = file.toString().endsWith(".xz") ? new XZInputStream(raw) : raw) {
            return lines(input);
        } catch (IOException e) {
            throw new BenchmarkException("the sentences cannot be read: " + e);
        }
    }

    private static List<String> lines(InputStream input) throws IOException {
        List<String> lines = new ArrayList<>();
        BufferedReader reader = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            String sentence = line.split("\t", 2)[0].strip();
            if (!sentence.isEmpty()) {
                lines.add(sentence);
            }
        }
        return lines;
    }

    private static List<String> composed() {
        List<String> strings;
        try (InputStream input =
                Objects.requireNonNull(LoadSentences.class.getResourceAsStream("strings.txt"), "strings.txt")) {
            strings = lines(input);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Random random = new Random(SEED);
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < COMPOSED; i++) {
            StringBuilder sentence = new StringBuilder();
            for (int parts = 1 + random.nextInt(3); parts > 0; parts--) {
                String string = strings.get(random.nextInt(strings.size())).replaceAll("[.!?]+$", "");
                String number = String.valueOf(random.nextInt(100_000));
                sentence.append(sentence.length() == 0 ? "" : ", and ")
                        .append(PLACEHOLDER.matcher(string).replaceAll(number));
            }
            sentences.add(sentence.append(" (").append(i).append(").").toString());
        }
        return sentences;
    }

    int size() {
        return sentences.size();
    }

    List<String> all() {
        return sentences;
    }

    /**
     * The next. Whoever asks for more than there are gets them again with a number at the end: a server translates equal sentences that wait at
     * the same time once, and would look faster the shorter the list is.
     */
    String next() {
        long number = next.getAndIncrement();
        String sentence = sentences.get((int) (number % sentences.size()));
        long round = number / sentences.size();
        return round == 0 ? sentence : sentence + " (" + round + ")";
    }
}
