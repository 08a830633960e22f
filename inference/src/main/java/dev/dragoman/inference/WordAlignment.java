package dev.dragoman.inference;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Tells from the attention of a decoder which source word each target word translates. */
final class WordAlignment {
    /** SentencePiece's mark of the beginning of a word. */
    private static final String WORD_START = "\u2581";

    private WordAlignment() {}

    /**
     * Aligns.
     *
     * @param pieces the piece of an id
     * @param source ids of the source's pieces
     * @param target ids of the target's pieces, without the end symbol
     * @param attention {@code [>= target][>= offset + source]}, of each target piece to each source id
     * @param offset ids before the source's first piece
     * @return {@code [target words]}, indices of source words: that to whose pieces the word's pieces attended most, together
     */
    static List<Integer> of(IntFunction<String> pieces, int[] source, int[] target, float[][] attention, int offset) {
        int[] sourceWords = words(pieces, source);
        int[] targetWords = words(pieces, target);
        int words = sourceWords.length == 0 ? 0 : sourceWords[sourceWords.length - 1] + 1;
        List<Integer> alignment = new ArrayList<>();
        double[] mass = new double[words];
        for (int i = 0; i < target.length; i++) {
            for (int j = 0; j < source.length; j++) {
                mass[sourceWords[j]] += attention[i][offset + j];
            }
            if (i + 1 == target.length || targetWords[i + 1] != targetWords[i]) {
                alignment.add(largest(mass));
                mass = new double[words];
            }
        }
        return alignment;
    }

    private static int[] words(IntFunction<String> pieces, int[] ids) {
        int[] words = new int[ids.length];
        int word = -1;
        for (int i = 0; i < ids.length; i++) {
            if (word < 0 || pieces.apply(ids[i]).startsWith(WORD_START)) {
                word++;
            }
            words[i] = word;
        }
        return words;
    }

    private static int largest(double[] values) {
        int largest = 0;
        for (int i = 1; i < values.length; i++) {
            largest = values[i] > values[largest] ? i : largest;
        }
        return largest;
    }
}
