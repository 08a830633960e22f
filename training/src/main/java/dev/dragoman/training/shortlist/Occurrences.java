package dev.dragoman.training.shortlist;

/**
 * Where each target piece occurs: its tokens in the order of the text, as their pairs and their positions within them. 6 bytes a token.
 * Immutable.
 */
final class Occurrences {
    private final int[] starts;
    private final int[] pairs;
    private final char[] positions;

    Occurrences(Bitext text, int vocabularySize) {
        starts = new int[vocabularySize + 1];
        for (int token = 0; token < text.targetTokens(); token++) {
            starts[text.target(token) + 1]++;
        }
        for (int piece = 0; piece < vocabularySize; piece++) {
            starts[piece + 1] += starts[piece];
        }
        int[] next = starts.clone();
        pairs = new int[text.targetTokens()];
        positions = new char[text.targetTokens()];
        for (int pair = 0; pair < text.pairs(); pair++) {
            for (int token = text.targetStart(pair); token < text.targetStart(pair + 1); token++) {
                int at = next[text.target(token)]++;
                pairs[at] = pair;
                positions[at] = (char) (token - text.targetStart(pair) + 1);
            }
        }
    }

    /** The number of a piece's first occurrence; that of a piece behind the last is the number of all. */
    int first(int piece) {
        return starts[piece];
    }

    /** The pair of an occurrence. */
    int pair(int occurrence) {
        return pairs[occurrence];
    }

    /** The position of an occurrence in its sentence, from 1. */
    int position(int occurrence) {
        return positions[occurrence];
    }
}
