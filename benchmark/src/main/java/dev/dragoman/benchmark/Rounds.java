package dev.dragoman.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Times of things to be compared, taken in turns: A B C A B C, so that whatever else the machine does meets all of them.
 *
 * @param seconds per call, of each contender in each round
 */
record Rounds(Map<String, double[]> seconds) {
    /** A turn repeats short calls until about so much time is up. */
    private static final double SHORTEST_TURN = 0.05;

    /** What is counted. */
    enum Clock {
        /** Of the calling thread: holds still where other processes take turns on the same cores. For one libtorch thread only. */
        CPU {
            private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

            @Override
            double now() {
                return threads.getCurrentThreadCpuTime() * 1e-9;
            }
        },
        /** On the wall. */
        WALL {
            @Override
            double now() {
                return System.nanoTime() * 1e-9;
            }
        };

        /** Seconds since some moment. */
        abstract double now();

        /** Seconds that a call takes. */
        double time(Runnable call) {
            double begin = now();
            call.run();
            return now() - begin;
        }

        /** What suits the number of libtorch's threads. */
        static Clock of(int threads) {
            return threads == 1 ? CPU : WALL;
        }
    }

    /**
     * Runs every contender once without counting, then all of them in each round.
     *
     * @param contenders by name, in the order in which they take their turns
     */
    static Rounds measure(int rounds, Clock clock, Map<String, Runnable> contenders) {
        List<Turn> turns = new ArrayList<>();
        contenders.forEach((name, call) -> turns.add(Turn.prepare(name, call, clock, rounds)));
        for (int round = 0; round < rounds; round++) {
            for (Turn turn : turns) {
                turn.take(round, clock);
            }
        }
        return new Rounds(
                turns.stream().collect(java.util.stream.Collectors.toMap(Turn::name, Turn::seconds, (a, b) -> a)));
    }

    private record Turn(String name, Runnable call, int calls, double[] seconds) {
        static Turn prepare(String name, Runnable call, Clock clock, int rounds) {
            // The first call pays for what is done once: kernels that are compiled, memory that is asked for.
            call.run();
            double once = clock.time(call);
            int calls = (int) Math.max(1, Math.min(10_000, Math.ceil(SHORTEST_TURN / Math.max(once, 1e-6))));
            return new Turn(name, call, calls, new double[rounds]);
        }

        void take(int round, Clock clock) {
            seconds[round] = clock.time(() -> {
                        for (int i = 0; i < calls; i++) {
                            call.run();
                        }
                    })
                    / calls;
        }
    }

    /** The median of a contender's seconds per call. */
    double median(String name) {
        return median(of(name));
    }

    /** The median over the rounds of the time of one over that of the other. */
    double ratio(String name, String other) {
        double[] above = of(name);
        double[] below = of(other);
        double[] ratios = new double[above.length];
        Arrays.setAll(ratios, i -> above[i] / below[i]);
        return median(ratios);
    }

    private double[] of(String name) {
        return Objects.requireNonNull(seconds.get(name), name);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
