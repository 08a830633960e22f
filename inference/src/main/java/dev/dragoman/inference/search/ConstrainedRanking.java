package dev.dragoman.inference.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The choice among the continuations of a sentence whose target is under a {@link TargetConstraint}.
 *
 * <p>Continuations that are refused are passed over. The others are in banks by the number of required tokens that they have met, and the banks
 * share the places of the beam: otherwise a target that has taken an improbable required token would never live beside those that put it
 * off (dynamic beam allocation, Post and Vilar 2018). Each bank gets a place in turn, until none is left, and in a bank the most probable: first the bank
 * that has met most, so that a beam of one place meets what is required too, then the others by their most probable continuation.
 * Banks that have nothing to fill their places with leave them to others. A {@code </s>} may only follow where nothing is missing; it counts among the best W of
 * its bank. Without required phrases there is one bank, and the rules are those of every {@link Beam}.
 *
 * <p>As long as the beam is forced through a prefix, it is one hypothesis, and each id of the prefix its only continuation.
 */
final class ConstrainedRanking {
    /** What an id costs that the network holds for impossible, but that has to be: little enough to lose against anything else. */
    private static final float IMPOSSIBLE = -1000;

    /**
     * A hypothesis and one more id.
     *
     * @param slot of the hypothesis
     * @param state behind the id; that of the hypothesis for {@code </s>}
     */
    record Continuation(int slot, int id, double logProbability, int state) {}

    /** Likeliest first, ties to the earlier row, then to the lower id. */
    private static final Comparator<Continuation> LIKELIEST_FIRST = Comparator.comparingDouble(
                    Continuation::logProbability)
            .reversed()
            .thenComparingInt(Continuation::slot)
            .thenComparingInt(Continuation::id);

    private final TargetConstraint constraint;
    private final int[] prefix;
    private final int beamSize;
    private final int eosId;

    /** Of each slot. */
    private int[] states = {TargetConstraint.START};

    ConstrainedRanking(TargetConstraint constraint, int beamSize, int eosId) {
        this.constraint = constraint;
        this.prefix = constraint.prefix();
        this.beamSize = beamSize;
        this.eosId = eosId;
    }

    /** How many required phrases the hypothesis in {@code slot} lacks. */
    int missing(int slot) {
        return constraint.missing(states[slot]);
    }

    /** How many continuations of each row have to be known beside W + 1, at a length. */
    int extraCandidates(int length) {
        if (length < prefix.length) {
            return 0;
        }
        return IntStream.of(states)
                .map(state -> constraint.refusals(state) + constraint.wanted(state).length)
                .max()
                .orElse(0);
    }

    /** Whether any slot wants ids whatever their rank. */
    boolean wantsScores(int length) {
        return length < prefix.length || IntStream.of(states).anyMatch(state -> constraint.wanted(state).length > 0);
    }

    /** The ids whose log probabilities have to be known whatever their rank, of a slot. */
    int[] wanted(int slot, int length) {
        return length < prefix.length ? new int[] {prefix[length]} : constraint.wanted(states[slot]);
    }

    /**
     * The continuations that are possible, likeliest first.
     *
     * @param firstRow row of the first slot
     * @param length of the hypotheses
     * @param logProbabilities of each slot
     */
    List<Continuation> continuations(Candidates candidates, int firstRow, int length, double[] logProbabilities) {
        List<Continuation> all = new ArrayList<>();
        for (int slot = 0; slot < states.length; slot++) {
            int row = firstRow + slot;
            int[] wanted = wanted(slot, length);
            float[] scored = wanted.length == 0 ? new float[0] : candidates.scored(row, wanted);
            if (length < prefix.length) {
                double step = Math.max(IMPOSSIBLE, Math.min(scored[0], 0f));
                all.add(new Continuation(
                        slot, wanted[0], logProbabilities[slot] + step, constraint.next(states[slot], wanted[0])));
                continue;
            }
            int from = row * candidates.perRow();
            for (int at = from; at < from + candidates.perRow(); at++) {
                add(
                        slot,
                        candidates.ids()[at],
                        logProbabilities[slot],
                        candidates.logProbabilities()[at],
                        all);
            }
            for (int i = 0; i < wanted.length; i++) {
                if (!isAmong(wanted[i], candidates, from)) {
                    add(slot, wanted[i], logProbabilities[slot], scored[i], all);
                }
            }
        }
        all.sort(LIKELIEST_FIRST);
        return all;
    }

    private static boolean isAmong(int id, Candidates candidates, int from) {
        for (int at = from; at < from + candidates.perRow(); at++) {
            if (candidates.ids()[at] == id) {
                return true;
            }
        }
        return false;
    }

    private void add(int slot, int id, double logProbability, float step, List<Continuation> all) {
        int state = states[slot];
        int next = id != eosId
                ? constraint.next(state, id)
                : constraint.missing(state) == 0 ? state : TargetConstraint.REFUSED;
        // A softmax can round to slightly more than 1.
        double continued = logProbability + Math.min(step, 0f);
        if (next != TargetConstraint.REFUSED && continued > Double.NEGATIVE_INFINITY) {
            all.add(new Continuation(slot, id, continued, next));
        }
    }

    /** Those by which a hypothesis ends: the best W that have met everything. */
    List<Continuation> ends(List<Continuation> all) {
        return all.stream()
                .filter(continuation -> constraint.missing(continuation.state()) == 0)
                .limit(beamSize)
                .filter(continuation -> continuation.id() == eosId)
                .toList();
    }

    /** The at most W that live on, likeliest first; their slots are theirs from now on. */
    List<Continuation> survivors(List<Continuation> all) {
        TreeMap<Integer, List<Continuation>> banks = new TreeMap<>(Comparator.reverseOrder());
        for (Continuation continuation : all) {
            if (continuation.id() != eosId) {
                banks.computeIfAbsent(constraint.met(continuation.state()), met -> new ArrayList<>())
                        .add(continuation);
            }
        }
        List<List<Continuation>> inTurn = new ArrayList<>(banks.values());
        if (inTurn.size() > 2) {
            inTurn.subList(1, inTurn.size()).sort(Comparator.comparing(bank -> bank.get(0), LIKELIEST_FIRST));
        }
        List<Continuation> survivors = new ArrayList<>();
        int most = inTurn.stream().mapToInt(List::size).max().orElse(0);
        for (int round = 0; round < most && survivors.size() < beamSize; round++) {
            for (List<Continuation> bank : inTurn) {
                if (round < bank.size() && survivors.size() < beamSize) {
                    survivors.add(bank.get(round));
                }
            }
        }
        survivors.sort(LIKELIEST_FIRST);
        if (!survivors.isEmpty()) {
            states = survivors.stream().mapToInt(Continuation::state).toArray();
        }
        return survivors;
    }
}
