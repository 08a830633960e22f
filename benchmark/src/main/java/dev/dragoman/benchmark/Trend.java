package dev.dragoman.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether a quantity that is looked at again and again stays where it is: a straight line through it, by least squares. */
final class Trend {
    /** A rise in an hour that is none, as a share of the mean. */
    private static final double FLAT = 0.02;
    /** So many standard errors may be chance. */
    private static final double CHANCE = 2;

    private static final int FEWEST = 3;

    private final List<Double> hours = new ArrayList<>();
    private final List<Double> values = new ArrayList<>();

    /** Adds a value. */
    void add(double atHours, double value) {
        hours.add(atHours);
        values.add(value);
    }

    private static double mean(List<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    double mean() {
        return mean(values);
    }

    private double spread() {
        double middle = mean(hours);
        return hours.stream()
                .mapToDouble(hour -> (hour - middle) * (hour - middle))
                .sum();
    }

    /** The rise in an hour; not a number before there are three values. */
    double slope() {
        if (values.size() < FEWEST) {
            return Double.NaN;
        }
        double middle = mean(hours);
        double mean = mean();
        double product = 0;
        for (int i = 0; i < values.size(); i++) {
            product += (hours.get(i) - middle) * (values.get(i) - mean);
        }
        return product / spread();
    }

    /** The standard error of the slope. */
    double error() {
        double slope = slope();
        double middle = mean(hours);
        double mean = mean();
        double squares = 0;
        for (int i = 0; i < values.size(); i++) {
            double residual = values.get(i) - mean - slope * (hours.get(i) - middle);
            squares += residual * residual;
        }
        return Math.sqrt(squares / (values.size() - 2) / spread());
    }

    /** Whether it rises by less than a fiftieth an hour, or by no more than chance explains. Falls are flat. */
    boolean isFlat() {
        double slope = slope();
        return slope <= FLAT * mean() || slope <= CHANCE * error();
    }

    /** As a report says it. */
    String verdict() {
        return String.format(
                Locale.ROOT,
                "%s: mean %s, %+.2f %% an hour with a standard error of %.2f %%",
                isFlat() ? "flat" : "NOT flat",
                Figures.of(mean()),
                100 * slope() / mean(),
                100 * error() / mean());
    }
}
