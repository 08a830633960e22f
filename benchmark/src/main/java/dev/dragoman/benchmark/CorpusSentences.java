package dev.dragoman.benchmark;

import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.tokenizer.SentencePieceTokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sources to translate, each into as many pieces as it has.
 *
 * @param sources ids of each, at least one
 * @param words of all of them, separated by spaces; 0 where they are random pieces
 */
record CorpusSentences(int[][] sources, long words) {
    /** Longer ones are left out, as the network is not meant for them. */
    static final int LONGEST = 128;

    /** Random pieces, all sources of one length. */
    static CorpusSentences random(int number, int tokens, int from, int vocabulary) {
        Random random = new Random(3);
        int[][] sources = new int[number][];
        Arrays.setAll(sources, i -> random.ints(tokens, from, vocabulary).toArray());
        return new CorpusSentences(sources, 0);
    }

    /**
     * Real text.
     *
     * @param file as of {@link LoadSentences#of}
     * @param model a model directory, by whose pieces it is encoded
     * @throws BenchmarkException if there are fewer sentences than wanted
     */
    static CorpusSentences real(@Nullable Path file, Path model, int number) {
        List<int[]> sources = new ArrayList<>();
        long words = 0;
        try (SentencePieceTokenizer tokenizer =
                SentencePieceTokenizer.open(ModelDirectory.open(model).pieces())) {
            for (String sentence : LoadSentences.of(file).all()) {
                if (sources.size() == number) {
                    break;
                }
                int[] ids = tokenizer.encode(sentence);
                if (ids.length > 0 && ids.length <= LONGEST) {
                    sources.add(ids);
                    words += sentence.split("\\s+").length;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (sources.size() < number) {
            throw new BenchmarkException("--count asks for " + number + " sentences, but there are only "
                    + sources.size() + " of 1 to " + LONGEST + " pieces");
        }
        return new CorpusSentences(sources.toArray(new int[0][]), words);
    }

    /**
     * Some of them, evenly from all lengths, and as many of their words as they have of the pieces.
     *
     * @param number how many; 0 or more than there are for all
     */
    CorpusSentences sample(int number) {
        if (number == 0 || number >= sources.length) {
            return this;
        }
        int[][] byLength = sources.clone();
        Arrays.sort(byLength, Comparator.comparingInt(source -> source.length));
        int[][] some = IntStream.range(0, number)
                .mapToObj(i -> byLength[(int) ((2L * i + 1) * byLength.length / (2L * number))])
                .toArray(int[][]::new);
        CorpusSentences sample = new CorpusSentences(some, 0);
        return new CorpusSentences(some, Math.round((double) words * sample.tokens() / tokens()));
    }

    /** Pieces of all sources, and of all targets. */
    long tokens() {
        return Arrays.stream(sources).mapToLong(source -> source.length).sum();
    }
}
