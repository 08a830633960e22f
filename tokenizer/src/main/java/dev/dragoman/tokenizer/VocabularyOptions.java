package dev.dragoman.tokenizer;

import java.util.List;
import java.util.regex.Pattern;

/**
 * How a vocabulary is trained. The same options, texts and version of {@code spm_train} give the same vocabulary; the number of threads
 * counts among the options, since sums are taken thread by thread.
 *
 * @param size number of pieces, special, control and byte pieces included; 300 to 1,000,000
 * @param controlPieces marks without text that get the ids from 4 on, in this order, such as {@code <2fr>}; written {@code <name>}
 * @param threads threads of {@code spm_train}; 1 or more
 * @param maximumSentences most sentences to learn from; where the texts have more, a fixed random choice of them; 0 takes all
 */
public record VocabularyOptions(int size, List<String> controlPieces, int threads, int maximumSentences) {
    /** Four special and 256 byte pieces always exist; below this number nothing is left for text. */
    private static final int MINIMUM_SIZE = 300;

    private static final int MAXIMUM_SIZE = 1_000_000;
    private static final Pattern CONTROL_PIECE = Pattern.compile("<[A-Za-z0-9_-]+>");
    private static final List<String> SPECIAL = List.of("<pad>", "<unk>", "<s>", "</s>");

    public VocabularyOptions {
        controlPieces = List.copyOf(controlPieces);
        if (size < MINIMUM_SIZE || size > MAXIMUM_SIZE) {
            throw new IllegalArgumentException(
                    "size must be " + MINIMUM_SIZE + " to " + MAXIMUM_SIZE + " pieces, not " + size);
        }
        for (String piece : controlPieces) {
            if (!CONTROL_PIECE.matcher(piece).matches() || SPECIAL.contains(piece)) {
                throw new IllegalArgumentException(
                        "a control piece is letters, digits, - and _ between < and >, other than " + SPECIAL + ", not '"
                                + piece + "'");
            }
        }
        if (controlPieces.stream().distinct().count() != controlPieces.size()) {
            throw new IllegalArgumentException("control pieces are named twice: " + controlPieces);
        }
        require(threads >= 1, "threads must be 1 or more", threads);
        require(maximumSentences >= 0, "maximumSentences must be 0 (all) or more", maximumSentences);
    }

    /** A vocabulary of this size without control pieces, from all sentences, trained by four threads on any machine. */
    public static VocabularyOptions ofSize(int size) {
        return new VocabularyOptions(size, List.of(), 4, 0);
    }

    /** The same with these marks. */
    public VocabularyOptions withControlPieces(List<String> pieces) {
        return new VocabularyOptions(size, pieces, threads, maximumSentences);
    }

    /** The same with this many threads. */
    public VocabularyOptions withThreads(int count) {
        return new VocabularyOptions(size, controlPieces, count, maximumSentences);
    }

    /** The same with at most this many sentences; 0 takes all. */
    public VocabularyOptions withMaximumSentences(int count) {
        return new VocabularyOptions(size, controlPieces, threads, count);
    }

    private static void require(boolean condition, String rule, int value) {
        if (!condition) {
            throw new IllegalArgumentException(rule + ", not " + value);
        }
    }
}
