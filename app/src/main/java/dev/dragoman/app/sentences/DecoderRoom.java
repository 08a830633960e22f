package dev.dragoman.app.sentences;

import dev.dragoman.inference.search.SearchLimits;
import org.jspecify.annotations.Nullable;

/**
 * What is in a decoder and what still fits, by rows, sentences and padded source tokens.
 *
 * <p>The lanes share the rows: an eighth is the batch lane's when it wants it, so that a busy server still gets on with it; an eighth it
 * never takes, so that whoever waits for an answer finds rows free of it.
 */
final class DecoderRoom {
    private static final int PARTS = 8;

    /** Source tokens beside those of the text, at most: the piece of the target language and the end symbol. */
    private static final int ADDED_TOKENS = 2;

    private final SearchLimits limits;
    private int sentences;
    private int rows;
    private int batchRows;
    private int longest;

    DecoderRoom(SearchLimits limits) {
        this.limits = limits;
    }

    /** Counts a sentence in. */
    void add(PendingSentence sentence) {
        sentences++;
        rows += rowsOf(sentence);
        batchRows += sentence.lane() == Lane.BATCH ? rowsOf(sentence) : 0;
        longest = Math.max(longest, sentence.tokens() + ADDED_TOKENS);
    }

    private static int rowsOf(PendingSentence sentence) {
        return sentence.key().options().beamSize();
    }

    /** Takes what is next from a queue: the sentence whose turn it is, of those that fit; null if there is none. */
    @Nullable
    PendingSentence next(SentenceQueue queue) {
        PendingSentence due = queue.poll(Lane.BATCH, sentence -> isDue(sentence) && fits(sentence));
        if (due != null) {
            return due;
        }
        if (queue.sentences(Lane.INTERACTIVE) > 0) {
            return queue.poll(Lane.INTERACTIVE, this::fits);
        }
        return queue.poll(Lane.BATCH, sentence -> leavesRows(sentence) && fits(sentence));
    }

    private boolean isDue(PendingSentence batch) {
        return batchRows == 0 || batchRows + rowsOf(batch) <= limits.rows() / PARTS;
    }

    private boolean leavesRows(PendingSentence batch) {
        return batchRows == 0 || batchRows + rowsOf(batch) <= limits.rows() - limits.rows() / PARTS;
    }

    private boolean fits(PendingSentence sentence) {
        return limits.allow(
                sentences + 1, rows + rowsOf(sentence), Math.max(longest, sentence.tokens() + ADDED_TOKENS));
    }
}
