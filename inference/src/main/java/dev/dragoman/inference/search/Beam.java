package dev.dragoman.inference.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The live and the finished hypotheses of one sentence.
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
 * the search is exhaustive.
 *
 * <p>Under a {@link TargetConstraint}, {@link ConstrainedRanking} chooses who lives on and who finishes; all else is the same. What is truncated is then
 * ordered by how little it misses before its score. Where nothing at all can go on, what lives is truncated at once.
 */
final class Beam {
    /*
     * Live hypotheses share their pasts in a trellis: at [position * W + slot] stand the id at that position of the target and the slot
     * of the hypothesis that it continued. Nothing is copied while hypotheses fork; a path is read backwards when it finishes.
     */
    private static final int FIRST_CAPACITY = 32;

    /*
     * W + 1 candidates per row are enough for an exact ranking, where implementations commonly fetch 2W: one of them can be </s>, and
     * no more than W others of one row can survive. A step costs O(W^2) additions per sentence on top of the network. Under a constraint
     * as many more are needed as a row has to pass over.
     */
    private static final int BEYOND_THE_BEAM = 1;

    private final int beamSize;
    private final int nBest;
    private final boolean alignments;
    private final int bosId;
    private final int eosId;
    private final int maximumLength;
    private final int sourceLength;
    private final NormalisedScore normalisedScore;
    /** Null where the target may be anything. */
    private final @Nullable ConstrainedRanking constrained;

    private int[] ids;
    private int[] origins;
    /** {@code [position][slot][S]} where hypotheses are to carry it, otherwise empty. */
    private final List<float[][]> attention = new ArrayList<>();

    /** Of each slot {@code [S]}: what its source tokens have been attended to so far; empty without a coverage penalty. */
    private double[] coverage;

    private double[] nextCoverage;

    private int length;
    private int live = 1;
    private int firstRow;
    private double[] logProbabilities;
    private double[] nextLogProbabilities;
    private final int[] heads;

    /** The n best, best first. */
    private final List<Hypothesis> finished = new ArrayList<>();

    /** Of all that have finished, the W highest, highest first; the end of the array is negative infinity until as many have. */
    private final double[] finishedLogProbabilities;

    private final List<Hypothesis> truncated = new ArrayList<>();
    private boolean isFinished;

    Beam(
            SearchOptions options,
            @Nullable TargetConstraint constraint,
            int bosId,
            int eosId,
            int maximumLength,
            int sourceLength,
            int row) {
        this.constrained = constraint == null ? null : new ConstrainedRanking(constraint, options.beamSize(), eosId);
        this.beamSize = options.beamSize();
        this.nBest = options.nBest();
        this.alignments = options.alignments();
        this.normalisedScore = options.normalisedScore();
        this.bosId = bosId;
        this.eosId = eosId;
        this.maximumLength = maximumLength;
        this.sourceLength = sourceLength;
        this.firstRow = row;
        int capacity = Math.min(maximumLength, FIRST_CAPACITY) * beamSize;
        this.ids = new int[capacity];
        this.origins = new int[capacity];
        this.logProbabilities = new double[beamSize];
        this.nextLogProbabilities = new double[beamSize];
        this.heads = new int[beamSize];
        this.coverage = new double[options.coveragePenalty() > 0 ? beamSize * sourceLength : 0];
        this.nextCoverage = new double[coverage.length];
        this.finishedLogProbabilities = new double[beamSize];
        Arrays.fill(finishedLogProbabilities, Double.NEGATIVE_INFINITY);
    }

    int live() {
        return live;
    }

    boolean isFinished() {
        return isFinished;
    }

    /** Ends the sentence without a result. */
    void abandon() {
        isFinished = true;
    }

    int sourceLength() {
        return sourceLength;
    }

    /** How many continuations of each of its rows the next step has to tell. */
    int candidates() {
        return beamSize + BEYOND_THE_BEAM + (constrained == null ? 0 : constrained.extraCandidates(length));
    }

    /** Whether the next step has to tell the log probabilities of certain ids, see {@link #ask}. */
    boolean wantsScores() {
        return constrained != null && constrained.wantsScores(length);
    }

    /** Writes for each of its rows the ids whose log probabilities it has to know. */
    void ask(int[] @Nullable [] scored) {
        if (constrained != null) {
            for (int slot = 0; slot < live; slot++) {
                int[] wanted = constrained.wanted(slot, length);
                scored[firstRow + slot] = wanted.length == 0 ? null : wanted;
            }
        }
    }

    /**
     * Takes a step.
     *
     * @throws InvalidCandidatesException if the candidates of its rows are none; the beam is then to be abandoned
     */
    void advance(Candidates candidates) {
        candidates.requireValid(firstRow, firstRow + live);
        growFor(length + 1);
        float[][] stepAttention = candidates.attention();
        if (alignments) {
            attention.add(copy(Objects.requireNonNull(stepAttention, "it was asked for")));
        }
        int kept = constrained == null ? prune(candidates) : prune(candidates, constrained);
        if (kept == 0 && constrained != null && finished.isEmpty()) {
            truncate();
            isFinished = true;
            return;
        }
        use(kept);
        finish();
    }

    /** Writes the last id of every live hypothesis to its row. */
    void lastIds(int[] rows) {
        if (length == 0) {
            rows[firstRow] = bosId;
        } else {
            System.arraycopy(ids, (length - 1) * beamSize, rows, firstRow, live);
        }
    }

    /**
     * Ranks the continuations of all live hypotheses together: {@code </s>} among the best W finishes its hypothesis, the best W others
     * become the live ones, best first.
     *
     * @return how many live on
     */
    private int prune(Candidates candidates) {
        // Each row is sorted already, so the ranking is a merge: heads[slot] is the slot's best continuation not yet
        // taken.
        Arrays.fill(heads, 0, live, 0);
        int kept = 0;
        for (int rank = 0; kept < beamSize; rank++) {
            int slot = bestSlot(candidates);
            if (slot < 0) {
                break;
            }
            double logProbability = continued(slot, candidates);
            int id = candidates.ids()[(firstRow + slot) * candidates.perRow() + heads[slot]];
            heads[slot]++;
            if (id != eosId) {
                keep(kept, slot, id, logProbability, candidates);
                kept++;
            } else if (rank < beamSize) {
                end(slot, logProbability);
            }
        }
        return kept;
    }

    private int prune(Candidates candidates, ConstrainedRanking ranking) {
        List<ConstrainedRanking.Continuation> all =
                ranking.continuations(candidates, firstRow, length, logProbabilities);
        for (ConstrainedRanking.Continuation end : ranking.ends(all)) {
            end(end.slot(), end.logProbability());
        }
        int kept = 0;
        for (ConstrainedRanking.Continuation next : ranking.survivors(all)) {
            keep(kept, next.slot(), next.id(), next.logProbability(), candidates);
            kept++;
        }
        return kept;
    }

    /** Has the hypothesis in {@code slot} go on by an id, in a place of the next step. */
    private void keep(int place, int slot, int id, double logProbability, Candidates candidates) {
        nextLogProbabilities[place] = logProbability;
        ids[length * beamSize + place] = id;
        origins[length * beamSize + place] = slot;
        if (coverage.length > 0) {
            cover(place, slot, Objects.requireNonNull(candidates.attention(), "it was asked for")[firstRow + slot]);
        }
    }

    /** Makes the hypotheses that were kept the live ones. */
    private void use(int kept) {
        double[] spent = logProbabilities;
        logProbabilities = nextLogProbabilities;
        nextLogProbabilities = spent;
        double[] spentCoverage = coverage;
        coverage = nextCoverage;
        nextCoverage = spentCoverage;
        live = kept;
        length++;
    }

    private float[][] copy(float[][] stepAttention) {
        float[][] own = new float[live][];
        for (int slot = 0; slot < live; slot++) {
            own[slot] = Arrays.copyOf(stepAttention[firstRow + slot], sourceLength);
        }
        return own;
    }

    /** The hypothesis of the next {@code slot} has attended to what {@code origin} has, and to this step's. */
    private void cover(int slot, int origin, float[] weights) {
        int to = slot * sourceLength;
        int from = origin * sourceLength;
        for (int source = 0; source < sourceLength; source++) {
            nextCoverage[to + source] = coverage[from + source] + weights[source];
        }
    }

    /** Finishes the hypothesis in {@code slot}, whose probability includes the {@code </s>} of this step. */
    private void end(int slot, double logProbability) {
        int at = beamSize;
        while (at > 0 && finishedLogProbabilities[at - 1] < logProbability) {
            at--;
        }
        if (at < beamSize) {
            System.arraycopy(finishedLogProbabilities, at, finishedLogProbabilities, at + 1, beamSize - at - 1);
            finishedLogProbabilities[at] = logProbability;
        }
        // The coverage penalty can only lower a score, so most of those that are not among the n best need no path.
        if (finished.size() < nBest
                || normalisedScore.of(logProbability, length)
                        > finished.get(nBest - 1).score()) {
            insert(hypothesis(length, slot, logProbability, false), finished);
            if (finished.size() > nBest) {
                finished.remove(nBest);
            }
        }
    }

    /** The slot with the best continuation left, the earliest of equals; -1 if none is left that is possible at all. */
    private int bestSlot(Candidates candidates) {
        int best = -1;
        double bestLogProbability = Double.NEGATIVE_INFINITY;
        for (int slot = 0; slot < live; slot++) {
            if (heads[slot] < candidates.perRow()) {
                double logProbability = continued(slot, candidates);
                if (logProbability > bestLogProbability) {
                    best = slot;
                    bestLogProbability = logProbability;
                }
            }
        }
        return best;
    }

    private double continued(int slot, Candidates candidates) {
        float step = candidates.logProbabilities()[(firstRow + slot) * candidates.perRow() + heads[slot]];
        // A softmax can round to slightly more than 1; a log probability that never rises keeps the test for the end
        // exact.
        return logProbabilities[slot] + Math.min(step, 0f);
    }

    /** Decides whether the sentence ends here. */
    private void finish() {
        boolean atLimit = length == maximumLength;
        if (atLimit && finished.size() < nBest) {
            truncate();
        }
        isFinished = atLimit || live == 0 || isOutsideTheBest() || !canStillEnter();
    }

    private void truncate() {
        for (int slot = 0; slot < live; slot++) {
            insert(hypothesis(length, slot, logProbabilities[slot], true), truncated);
        }
    }

    /** Whether the best live hypothesis, and with it any, is behind W finished ones. */
    private boolean isOutsideTheBest() {
        return finishedLogProbabilities[beamSize - 1] >= logProbabilities[0];
    }

    /** Whether the best live hypothesis, and with it any, may still become one of the n best. */
    private boolean canStillEnter() {
        if (finished.size() < nBest) {
            return true;
        }
        // Its last token has to be </s>, which the length penalty does not count; the coverage penalty is at best zero.
        double bound = normalisedScore.of(logProbabilities[0], maximumLength - 1);
        return bound > finished.get(nBest - 1).score();
    }

    /**
     * Moves the live hypotheses to rows from {@code row} on, naming the rows they continue; returns the first row behind them. Once
     * after each step.
     */
    int moveTo(int row, int[] rowOrigins) {
        for (int slot = 0; slot < live; slot++) {
            rowOrigins[row + slot] = firstRow + origins[(length - 1) * beamSize + slot];
        }
        firstRow = row;
        return row + live;
    }

    /** The n best, truncated ones only where too few have finished. */
    List<Hypothesis> best() {
        List<Hypothesis> best = new ArrayList<>(finished);
        best.addAll(truncated);
        return List.copyOf(best.subList(0, Math.min(nBest, best.size())));
    }

    /** The hypothesis of {@code tokens} tokens that ends in {@code slot}; if not cut, {@code </s>} continues it at this step. */
    private Hypothesis hypothesis(int tokens, int slot, double logProbability, boolean cut) {
        int[] path = new int[tokens];
        float[][] pathAttention = alignments ? new float[cut ? tokens : tokens + 1][] : null;
        if (pathAttention != null && !cut) {
            pathAttention[tokens] = attention.get(tokens)[slot];
        }
        int at = slot;
        for (int position = tokens - 1; position >= 0; position--) {
            path[position] = ids[position * beamSize + at];
            at = origins[position * beamSize + at];
            if (pathAttention != null) {
                pathAttention[position] = attention.get(position)[at];
            }
        }
        int unmet = cut && constrained != null ? constrained.missing(slot) : 0;
        return new Hypothesis(path, logProbability, score(logProbability, tokens, slot), cut, unmet, pathAttention);
    }

    private double score(double logProbability, int tokens, int slot) {
        double score = normalisedScore.of(logProbability, tokens);
        return coverage.length == 0
                ? score
                : score + normalisedScore.coveragePenalty(coverage, slot * sourceLength, sourceLength);
    }

    private static void insert(Hypothesis hypothesis, List<Hypothesis> sorted) {
        int at = sorted.size();
        while (at > 0 && isBehind(sorted.get(at - 1), hypothesis)) {
            at--;
        }
        sorted.add(at, hypothesis);
    }

    private static boolean isBehind(Hypothesis one, Hypothesis other) {
        return one.unmet() == other.unmet() ? one.score() < other.score() : one.unmet() > other.unmet();
    }

    private void growFor(int positions) {
        if (positions * beamSize > ids.length) {
            int capacity = (int) Math.min(2L * ids.length, (long) maximumLength * beamSize);
            ids = Arrays.copyOf(ids, capacity);
            origins = Arrays.copyOf(origins, capacity);
        }
    }
}
