package dev.dragoman.inference;

import dev.dragoman.tokenizer.Vocabulary;
import java.util.ArrayList;
import java.util.List;

/** Tells from the attention of a decoder which source word each target word translates. */
final class WordAlignment {
    /** SentencePiece's mark of the beginning of a word. */
    private static final String WORD_START = "\u2581";

    private WordAlignment() {}

    /**
     * Aligns.
     *
     * @param source pieces of the source
     * @param target pieces of the target, without the end symbol
     * @param attention {@code [>= target][>= offset + source]}, of each target piece to each source id
     * @param offset ids before the source's first piece
     * @return {@code [target words]}, indices of source words: that to whose pieces the word's pieces attended most, together
     */
    static List<Integer> of(Vocabulary vocabulary, int[] source, int[] target, float[][] attention, int offset) {
        int[] sourceWords = words(vocabulary, source);
        int[] targetWords = words(vocabulary, target);
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

    private static int[] words(Vocabulary vocabulary, int[] pieces) {
        int[] words = new int[pieces.length];
        int word = -1;
        for (int i = 0; i < pieces.length; i++) {
            if (word < 0 || vocabulary.piece(pieces[i]).startsWith(WORD_START)) {
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
