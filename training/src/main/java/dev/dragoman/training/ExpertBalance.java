package dev.dragoman.training;

import dev.dragoman.model.mixture.ExpertLoad;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/**
 * How evenly a mixture layer used its experts in one update; of several layers or updates, the means.
 *
 * @param importanceCv coefficient of variation of the experts' importance; 0 is even
 * @param loadCv likewise of their load
 * @param idleShare share of experts that no row has chosen, {@code [0, 1]}
 * @param overflow rows of the busiest expert over the mean
 * @param worstOverflow what the overflow would be if all rows chose the same k experts: {@code E / k}
 */
public record ExpertBalance(
        double importanceCv, double loadCv, double idleShare, double overflow, double worstOverflow) {
    /** Below this, half of the worst overflow is no more than chance makes. */
    private static final double LEAST_WORST_OVERFLOW = 4;

    /** Of a layer in one update. */
    static ExpertBalance of(ExpertLoad load) {
        double rows = 0;
        double gates = 0;
        for (int expert = 0; expert < load.rows().length; expert++) {
            rows += load.rows()[expert];
            gates += load.importance()[expert];
        }
        // The gates of a row sum to one, so their sum is the number of rows before each was given to k experts.
        double worst = rows == 0 ? 0 : load.rows().length * gates / rows;
        return new ExpertBalance(load.importanceCv(), load.loadCv(), load.idleShare(), load.overflow(), worst);
    }

    /** The means; zeros of none. */
    public static ExpertBalance mean(Collection<ExpertBalance> balances) {
        return new ExpertBalance(
                mean(balances, ExpertBalance::importanceCv),
                mean(balances, ExpertBalance::loadCv),
                mean(balances, ExpertBalance::idleShare),
                mean(balances, ExpertBalance::overflow),
                mean(balances, ExpertBalance::worstOverflow));
    }

    private static double mean(Collection<ExpertBalance> balances, ToDoubleFunction<ExpertBalance> value) {
        return balances.stream().mapToDouble(value).average().orElse(0);
    }

    /** Whether the busiest expert has more than half of the rows that it could have: the others learn next to nothing. */
    public boolean collapsed() {
        return worstOverflow >= LEAST_WORST_OVERFLOW && overflow > worstOverflow / 2;
    }
}
