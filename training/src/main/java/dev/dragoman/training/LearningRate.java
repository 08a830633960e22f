package dev.dragoman.training;

/**
 * The learning rate as a function of the update, counted from 1: a linear rise to the peak, a constant stretch, a fall with the inverse
 * square root of the update (Shazeer et al. 2017, appendix E), and over the last updates of the run a linear fall to zero.
 *
 * @param peak the highest rate
 * @param warmup updates of the rise; 0 starts at the peak
 * @param constant updates at the peak after it
 * @param cooldown last updates of the run, over which the rate goes linearly to zero; 0 disables
 */
public record LearningRate(double peak, int warmup, int constant, int cooldown) {
    public LearningRate {
        Requirement.range("training.learningRate.peak", peak, 0, 10);
        Requirement.range("training.learningRate.warmup", warmup, 0, Integer.MAX_VALUE);
        Requirement.range("training.learningRate.constant", constant, 0, Integer.MAX_VALUE);
        Requirement.range("training.learningRate.cooldown", cooldown, 0, Integer.MAX_VALUE);
    }

    /**
     * The rate of one update.
     *
     * @param update from 1 to {@code updates}
     * @param updates length of the run
     */
    public double at(int update, int updates) {
        double rise = warmup == 0 ? 1 : (double) update / warmup;
        double fall = Math.sqrt(Math.max(1.0, (double) warmup + constant) / update);
        double end = cooldown == 0 ? 1 : (updates - update + 1.0) / (cooldown + 1.0);
        return peak * Math.min(Math.min(1, rise), fall) * Math.min(1, Math.max(0, end));
    }
}
