package dev.dragoman.training.shortlist;

import dev.dragoman.training.data.CorpusException;
import dev.dragoman.training.data.EncodedCorpus;
import java.util.stream.IntStream;

/**
 * Sentence pairs as ids, side by side in two arrays, without control pieces: 2 bytes an id and 8 bytes a pair. Immutable.
 *
 * <p>Pairs have the numbers 0 to {@code pairs() - 1}; a token is known by its place among all tokens of its side.
 */
public final class Bitext {
    private final Side sources;
    private final Side targets;

    private Bitext(Side sources, Side targets) {
        this.sources = sources;
        this.targets = targets;
    }

    /** One side: its ids one after the other, and where each sentence begins; one more start than there are sentences. */
    private record Side(char[] ids, int[] starts) {}

    /**
     * Copies pairs out of a corpus: all, or so many at even distances, so that every part has its share. A pair with an empty side is left out.
     *
     * @param maximumPairs at least 1
     * @throws CorpusException if a side of them has more than 2<sup>31</sup> - 9 ids
     */
    public static Bitext of(EncodedCorpus corpus, int maximumPairs) {
        if (maximumPairs < 1) {
            throw new IllegalArgumentException("maximumPairs must be at least 1, but is " + maximumPairs);
        }
        int pairs = Math.min(corpus.size(), maximumPairs);
        int[] chosen = IntStream.range(0, pairs)
                .map(i -> (int) ((long) i * corpus.size() / pairs))
                .filter(pair -> corpus.sourceLength(pair) > 0 && corpus.targetLength(pair) > 0)
                .toArray();
        return new Bitext(
                side(chosen, corpus::sourceLength, corpus::copySource),
                side(chosen, corpus::targetLength, corpus::copyTarget));
    }

    private interface Lengths {
        int of(int pair);
    }

    private interface Copies {
        void copy(int pair, int[] ids, int offset);
    }

    private static Side side(int[] chosen, Lengths lengths, Copies copies) {
        int[] starts = new int[chosen.length + 1];
        long length = 0;
        int longest = 0;
        for (int i = 0; i < chosen.length; i++) {
            int ofPair = lengths.of(chosen[i]);
            length += ofPair;
            if (length > Integer.MAX_VALUE - 8) {
                throw new CorpusException("a side must have at most " + (Integer.MAX_VALUE - 8)
                        + " tokens, but the first " + (i + 1) + " pairs have " + length);
            }
            longest = Math.max(longest, ofPair);
            starts[i + 1] = (int) length;
        }
        char[] ids = new char[(int) length];
        int[] sentence = new int[longest];
        for (int i = 0; i < chosen.length; i++) {
            copies.copy(chosen[i], sentence, 0);
            for (int token = starts[i]; token < starts[i + 1]; token++) {
                ids[token] = (char) sentence[token - starts[i]];
            }
        }
        return new Side(ids, starts);
    }

    /** Number of pairs. */
    public int pairs() {
        return sources.starts.length - 1;
    }

    /** Number of tokens of all targets. */
    public int targetTokens() {
        return targets.ids.length;
    }

    /** The place of the first token of a source; that of a pair behind the last is the number of all. */
    int sourceStart(int pair) {
        return sources.starts[pair];
    }

    /** Likewise of a target. */
    int targetStart(int pair) {
        return targets.starts[pair];
    }

    /** The id at a place among all tokens of the sources. */
    int source(int token) {
        return sources.ids[token];
    }

    /** Likewise of the targets. */
    int target(int token) {
        return targets.ids[token];
    }

    /**
     * How often each piece occurs in the targets.
     *
     * @param vocabularySize more than the highest id
     */
    public long[] targetCounts(int vocabularySize) {
        long[] counts = new long[vocabularySize];
        for (char id : targets.ids) {
            counts[id]++;
        }
        return counts;
    }
}
