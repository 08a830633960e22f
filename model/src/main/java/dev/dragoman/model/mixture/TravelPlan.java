package dev.dragoman.model.mixture;

import java.util.Arrays;

/**
 * Which of one replica's rows travel to which shard of the experts, and how what they bring back is put together.
 *
 * <p>A row goes to a shard once, however many of its experts are there, and returns once, as their gated sum.
 */
final class TravelPlan {
    /**
     * The part that goes to one shard.
     *
     * @param rows each row that travels, in the order in which they are first assigned
     * @param assignments those that are carried out there, in their order
     * @param rowOf for each of them the place of its row in {@code rows}
     * @param experts for each of them its expert, counted from the shard's first
     */
    record Leg(long[] rows, long[] assignments, int[] rowOf, int[] experts) {}

    private final Leg[] legs;
    private final long[] slots;
    private final long[] begins;
    private final long[] assignmentSlots;

    private TravelPlan(Leg[] legs, int rowCount, int assignmentCount) {
        this.legs = legs;
        begins = new long[rowCount];
        assignmentSlots = new long[assignmentCount];
        int travels = 0;
        int assignment = 0;
        for (Leg leg : legs) {
            for (long row : leg.rows) {
                if (row + 1 < rowCount) {
                    begins[(int) row + 1]++;
                }
            }
            for (long a : leg.assignments) {
                assignmentSlots[(int) a] = assignment++;
            }
            travels += leg.rows.length;
        }
        Arrays.parallelPrefix(begins, Long::sum);
        slots = new long[travels];
        long[] next = begins.clone();
        int slot = 0;
        for (Leg leg : legs) {
            for (long row : leg.rows) {
                slots[(int) next[(int) row]++] = slot++;
            }
        }
    }

    /**
     * Plans a batch.
     *
     * @param shardBegins the first expert of each shard, and after the last shard the number of experts
     */
    static TravelPlan of(AssignedRows batch, int[] shardBegins) {
        Leg[] legs = new Leg[shardBegins.length - 1];
        int[] place = new int[batch.count()];
        for (int shard = 0; shard < legs.length; shard++) {
            legs[shard] = leg(batch, shardBegins[shard], shardBegins[shard + 1], place);
        }
        return new TravelPlan(legs, batch.count(), batch.rows().length);
    }

    /** @param place room for a number per row */
    private static Leg leg(AssignedRows batch, int begin, int end, int[] place) {
        Arrays.fill(place, -1);
        int[] experts = batch.experts();
        long[] rows = new long[Math.min(place.length, experts.length)];
        long[] assignments = new long[experts.length];
        int[] rowOf = new int[experts.length];
        int[] chosen = new int[experts.length];
        int travels = 0;
        int size = 0;
        for (int a = 0; a < experts.length; a++) {
            if (experts[a] < begin || experts[a] >= end) {
                continue;
            }
            int row = batch.rows()[a];
            if (place[row] < 0) {
                place[row] = travels;
                rows[travels++] = row;
            }
            assignments[size] = a;
            rowOf[size] = place[row];
            chosen[size++] = experts[a] - begin;
        }
        return new Leg(
                Arrays.copyOf(rows, travels),
                Arrays.copyOf(assignments, size),
                Arrays.copyOf(rowOf, size),
                Arrays.copyOf(chosen, size));
    }

    /** What goes to a shard. */
    Leg leg(int shard) {
        return legs[shard];
    }

    /** Rows that travel, one counted for each shard that it goes to. */
    int travels() {
        return slots.length;
    }

    /** {@code [travels]}: row by row, where its returns lie if those of all legs are put one after the other. */
    long[] slots() {
        return slots;
    }

    /** {@code [N]}: where each row begins in {@link #slots}. */
    long[] begins() {
        return begins;
    }

    /** {@code [A]}: where each assignment lies if those of all legs are put one after the other. */
    long[] assignmentSlots() {
        return assignmentSlots;
    }
}
