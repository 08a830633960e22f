package dev.dragoman.inference;

import dev.dragoman.inference.search.Candidates;
import dev.dragoman.inference.search.DecoderSession;
import dev.dragoman.model.Decoding;
import org.jspecify.annotations.Nullable;

/**
 * The model's decoder as a search sees it: the only meeting of the two.
 *
 * <p>Owns the decoding; {@link #close} closes it.
 */
public final class ModelDecoderSession implements DecoderSession {
    private final Decoding decoding;
    private final int vocabularySize;

    /**
     * Creates a session over a decoding that has just been opened.
     *
     * @param vocabularySize V, more candidates than which the network cannot return
     */
    public ModelDecoderSession(Decoding decoding, int vocabularySize) {
        this.decoding = decoding;
        this.vocabularySize = vocabularySize;
    }

    @Override
    public int rows() {
        return decoding.rows();
    }

    @Override
    public void admit(int[][] sources, int @Nullable [] @Nullable [] shortlists) {
        decoding.admit(sources, shortlists);
    }

    @Override
    public int sourceLength(int row) {
        return decoding.sourceLength(row);
    }

    @Override
    public Candidates step(int[] lastIds, int candidates, boolean attention, int @Nullable [] @Nullable [] scored) {
        int perRow = Math.min(candidates, vocabularySize);
        Decoding.Step step = decoding.step(lastIds, perRow, attention, scored);
        return new Candidates(perRow, step.ids(), step.logProbabilities(), step.attention(), step.scored());
    }

    @Override
    public void reorder(int[] origins) {
        decoding.reorder(origins);
    }

    @Override
    public void close() {
        decoding.close();
    }
}
