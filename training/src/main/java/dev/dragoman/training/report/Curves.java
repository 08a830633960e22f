package dev.dragoman.training.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Values over the updates of a run, as no more points than can be told apart, however long the run: when there are too many, neighbours
 * become one point. A point is the mean of its reports; the least and the greatest of them are kept, so that a lone peak stays visible.
 */
final class Curves {
    private final List<String> names;
    private final int limit;
    private final List<Point> points = new ArrayList<>();
    private int reportsPerPoint = 1;
    private int reportsOfLast;

    /**
     * Without points yet.
     *
     * @param names of the values that come together
     * @param limit largest number of points, even
     */
    Curves(List<String> names, int limit) {
        if (limit < 2 || limit % 2 != 0) {
            throw new IllegalArgumentException("limit must be even and at least 2, but is " + limit);
        }
        this.names = List.copyOf(names);
        this.limit = limit;
    }

    /**
     * Reports that became one.
     *
     * @param update of the last
     * @param seconds of training, at the last
     */
    static final class Point {
        private long update;
        private double seconds;
        private final double[] sums;
        private final int[] counts;
        private final double[] least;
        private final double[] greatest;

        private Point(int values) {
            sums = new double[values];
            counts = new int[values];
            least = new double[values];
            greatest = new double[values];
            Arrays.fill(least, Double.NaN);
            Arrays.fill(greatest, Double.NaN);
        }

        long update() {
            return update;
        }

        double seconds() {
            return seconds;
        }

        /** NaN if no report had a finite one. */
        double mean(int value) {
            return counts[value] == 0 ? Double.NaN : sums[value] / counts[value];
        }

        double least(int value) {
            return least[value];
        }

        double greatest(int value) {
            return greatest[value];
        }

        private void add(long atUpdate, double atSeconds, double[] values) {
            update = atUpdate;
            seconds = atSeconds;
            for (int i = 0; i < values.length; i++) {
                if (Double.isFinite(values[i])) {
                    widen(i, values[i], values[i]);
                    sums[i] += values[i];
                    counts[i]++;
                }
            }
        }

        private void add(Point next) {
            update = next.update;
            seconds = next.seconds;
            for (int i = 0; i < sums.length; i++) {
                if (next.counts[i] > 0) {
                    widen(i, next.least[i], next.greatest[i]);
                    sums[i] += next.sums[i];
                    counts[i] += next.counts[i];
                }
            }
        }

        private void widen(int value, double low, double high) {
            least[value] = counts[value] == 0 ? low : Math.min(least[value], low);
            greatest[value] = counts[value] == 0 ? high : Math.max(greatest[value], high);
        }
    }

    /** Adds a report of later updates; a value that is not finite was not measured. */
    void add(long update, double seconds, double... values) {
        if (values.length != names.size()) {
            throw new IllegalArgumentException(
                    "a report has " + names.size() + " values, but this one has " + values.length);
        }
        if (points.isEmpty() || reportsOfLast == reportsPerPoint) {
            if (points.size() == limit) {
                merge();
            }
            points.add(new Point(values.length));
            reportsOfLast = 0;
        }
        points.get(points.size() - 1).add(update, seconds, values);
        reportsOfLast++;
    }

    private void merge() {
        List<Point> pairs = new ArrayList<>();
        for (int i = 0; i < points.size(); i += 2) {
            points.get(i).add(points.get(i + 1));
            pairs.add(points.get(i));
        }
        reportsPerPoint *= 2;
        points.clear();
        points.addAll(pairs);
    }

    List<String> names() {
        return names;
    }

    /** In the order of the updates. */
    List<Point> points() {
        return points;
    }

    /** Reports in every point but the last, which may have fewer. */
    int reportsPerPoint() {
        return reportsPerPoint;
    }

    /** Whether a value was ever measured. */
    boolean has(int value) {
        return points.stream().anyMatch(point -> point.counts[value] > 0);
    }
}
