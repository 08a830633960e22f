package dev.dragoman.inference.search;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the best targets of a batch of sentences, expanding the best W hypotheses of each one token at a time.
 *
 * <p>At every step the continuations of a sentence's W hypotheses are ranked together by log probability. A {@code </s>} among the
 * best W finishes its hypothesis; the best W others live on, so a hypothesis that finishes gives its place to the next one. Ties go to
 * the earlier row, then to the lower id. A sentence ends as soon as one of these holds:
 *
 * <ol>
 *   <li>W finished hypotheses are each at least as probable as every live one: what lives is outside the best W of all. With W = 1
 *       this is exactly the greedy search. (Stopping at any W finished ones, as is common, lets a few improbable early
 *       {@code </s>} end a sentence before its best hypothesis does.)
 *   <li>its maximum length is reached: what lives is then truncated and fills the n-best list behind the finished ones;
 *   <li>{@code nBest} have finished and no live hypothesis can still enter the list. The test is exact: a log probability can only
 *       fall, so a hypothesis can at best reach its present one under the length penalty of the maximum length. It saves steps and
 *       never changes a result.
 * </ol>
 *
 * <p>The list is ordered by {@link NormalisedScore}, ties to what finished first. With a beam as large as the number of hypotheses
 * the search is exhaustive. Sentences do not influence one another: each leaves the batch when it ends, its rows with it.
 *
 * <p>Safe for use by many threads, each with its own session.
 */
public final class BeamSearch {
    /*
     * W + 1 candidates per row are enough for an exact ranking, where implementations commonly fetch 2W: one of them can be </s>, and
     * no more than W others of one row can survive. A step costs O(W^2) additions per sentence on top of the network.
     */
    private final SearchOptions options;

    public BeamSearch(SearchOptions options) {
        this.options = options;
    }

    /**
     * Searches every sentence of a session that has just been opened. The session is left open, its rows spent.
     *
     * @param bosId the id fed at the first step
     * @param eosId the id that finishes a hypothesis
     * @param maximumLengths {@code [rows]}, per sentence the most target tokens, {@code </s>} included; at least 1
     * @return per sentence at least one and at most {@code nBest} hypotheses, best first
     * @throws IllegalArgumentException if {@code maximumLengths} does not fit the session
     * @throws IllegalStateException if the session returns NaN or another value that cannot be a log probability
     */
    public List<List<Hypothesis>> search(DecoderSession session, int bosId, int eosId, int[] maximumLengths) {
        List<Beam> beams = openBeams(session, bosId, eosId, maximumLengths);
        List<Beam> alive = new ArrayList<>(beams);
        while (!alive.isEmpty()) {
            Candidates candidates = expand(session, alive);
            for (Beam beam : alive) {
                beam.prune(candidates);
                beam.finish();
            }
            alive.removeIf(Beam::isFinished);
            reorder(session, alive);
        }
        return beams.stream().map(Beam::best).toList();
    }

    private List<Beam> openBeams(DecoderSession session, int bosId, int eosId, int[] maximumLengths) {
        if (maximumLengths.length != session.rows()) {
            throw new IllegalArgumentException("maximumLengths must have one entry for each of the " + session.rows()
                    + " rows, but has " + maximumLengths.length);
        }
        List<Beam> beams = new ArrayList<>(maximumLengths.length);
        for (int row = 0; row < maximumLengths.length; row++) {
            if (maximumLengths[row] < 1) {
                throw new IllegalArgumentException(
                        "maximumLengths[" + row + "] must be at least 1, but is " + maximumLengths[row]);
            }
            beams.add(new Beam(options, bosId, eosId, maximumLengths[row], session.sourceLength(row), row));
        }
        return beams;
    }

    private Candidates expand(DecoderSession session, List<Beam> alive) {
        int[] lastIds = new int[session.rows()];
        for (Beam beam : alive) {
            beam.lastIds(lastIds);
        }
        Candidates candidates = session.step(lastIds, options.beamSize() + 1, options.needsAttention());
        candidates.requireValid(lastIds.length, options.needsAttention());
        return candidates;
    }

    private static void reorder(DecoderSession session, List<Beam> alive) {
        int rows = 0;
        for (Beam beam : alive) {
            rows += beam.live();
        }
        int[] origins = new int[rows];
        int row = 0;
        for (Beam beam : alive) {
            row = beam.moveTo(row, origins);
        }
        if (rows > 0 && !isIdentity(origins, session.rows())) {
            session.reorder(origins);
        }
    }

    private static boolean isIdentity(int[] origins, int rows) {
        for (int i = 0; i < origins.length; i++) {
            if (origins[i] != i) {
                return false;
            }
        }
        return origins.length == rows;
    }
}
