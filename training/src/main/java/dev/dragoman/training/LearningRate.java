package dev.dragoman.training;

import org.jspecify.annotations.Nullable;

/**
 * The learning rate as a function of the update, counted from 1: a linear rise to the peak, a constant stretch, a fall, and over the last
 * updates of the run a linear fall to zero.
 *
 * <p>The fall is with the inverse square root of the update (Shazeer et al. 2017, appendices C and E) unless the recipe names another.
 *
 * @param peak the highest rate
 * @param warmup updates of the rise; 0 starts at the peak
 * @param constant updates at the peak after it
 * @param cooldown last updates of the run, over which the rate goes linearly to zero; 0 disables
 * @param exponential the fall of RNMT+, in place of the inverse square root
 * @param halving the fall of GNMT's second stage, in place of the inverse square root
 */
public record LearningRate(
        double peak,
        int warmup,
        int constant,
        int cooldown,
        @Nullable Exponential exponential,
        @Nullable Halving halving) {

    /**
     * A fall by the same share at every update (Chen et al. 2018).
     *
     * @param over updates until the end of the fall
     * @param to the rate at its end and ever after, as a share of the peak
     */
    public record Exponential(int over, double to) {
        public Exponential {
            Requirement.range("training.learningRate.exponential.over", over, 1, Integer.MAX_VALUE);
            Requirement.range("training.learningRate.exponential.to", to, 1e-9, 1);
        }

        double share(long updates) {
            return Math.pow(to, Math.min(1, (double) updates / over));
        }
    }

    /**
     * A fall by half at once and then again and again (Wu et al. 2016, section 8.3).
     *
     * @param every updates between
     */
    public record Halving(int every) {
        public Halving {
            Requirement.range("training.learningRate.halving.every", every, 1, Integer.MAX_VALUE);
        }

        double share(long updates) {
            return updates <= 0 ? 1 : Math.pow(0.5, (double) ((updates - 1) / every) + 1);
        }
    }

    public LearningRate {
        Requirement.range("training.learningRate.peak", peak, 0, 10);
        Requirement.range("training.learningRate.warmup", warmup, 0, Integer.MAX_VALUE);
        Requirement.range("training.learningRate.constant", constant, 0, Integer.MAX_VALUE);
        Requirement.range("training.learningRate.cooldown", cooldown, 0, Integer.MAX_VALUE);
        if (exponential != null && halving != null) {
            throw new IllegalArgumentException(
                    "training.learningRate must name one fall at most, but names both exponential and halving");
        }
    }

    /** With the fall of the inverse square root. */
    public LearningRate(double peak, int warmup, int constant, int cooldown) {
        this(peak, warmup, constant, cooldown, null, null);
    }

    /**
     * The rate of one update.
     *
     * @param update from 1 to {@code updates}
     * @param updates length of the run
     */
    public double at(int update, int updates) {
        double rise = warmup == 0 ? 1 : (double) update / warmup;
        double end = cooldown == 0 ? 1 : (updates - update + 1.0) / (cooldown + 1.0);
        return peak * Math.min(Math.min(1, rise), fall(update)) * Math.min(1, Math.max(0, end));
    }

    private double fall(int update) {
        long top = (long) warmup + constant;
        long after = Math.max(0, update - top);
        if (exponential != null) {
            return exponential.share(after);
        }
        return halving == null ? Math.sqrt(Math.max(1.0, top) / update) : halving.share(after);
    }
}
