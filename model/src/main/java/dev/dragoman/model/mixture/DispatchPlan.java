package dev.dragoman.model.mixture;

import java.util.Arrays;

/**
 * The way of a batch's rows to their experts and back, for training: rows sorted by expert once, laid out in slots so that experts with
 * about as many rows each share one batched product.
 *
 * <p>Experts that follow one another make a product together as long as padding them all to the fullest costs less than products of
 * their own would; {@link Sizes} says what that is. Experts without rows take part in nothing, unless they are so small that it costs less to take some along,
 * with unused slots, than to begin another product behind them.
 *
 * <p>Memory and time are proportional to the assignments, but for a few bytes per expert.
 */
final class DispatchPlan {
    /** What sizes of products the engine multiplies well. */
    enum Sizes {
        /**
         * Any, as soon as there is some arithmetic to it: the processor's library in float32 needs no preparation. A product costs about as
         * much as four rows of a usual expert, so that experts of about as many rows go together and others by themselves.
         */
        EXACT {
            @Override
            int rounded(int rows) {
                return rows;
            }

            @Override
            boolean wasteful(int padded, int rows, int experts) {
                return padded > rows + 4 * experts;
            }
        },

        /**
         * Few different ones, since oneDNN compiles a product for every size that it meets, and large ones, since a GPU has little to do
         * otherwise. Few rows per expert cost the reading of its weights, and padding is free; many rows cost arithmetic.
         */
        ROUNDED {
            /** To a multiple of an eighth to a sixteenth of its own size, at least of 8. */
            @Override
            int rounded(int rows) {
                int step = Math.max(8, Integer.highestOneBit(rows) / 16);
                return (rows + step - 1) / step * step;
            }

            @Override
            boolean wasteful(int padded, int rows, int experts) {
                return padded > rows + rows / 4 + 16 * experts;
            }
        };

        /** Slots for an expert of so many rows. */
        abstract int rounded(int rows);

        /** Whether so many slots are too many for some experts of so many rows. */
        abstract boolean wasteful(int padded, int rows, int experts);
    }

    /** Slots of one product at most, so that what is between its two halves stays in cache; an expert with more rows is one product. */
    private static final int MOST_SLOTS = 4096;

    private static final int MOST_EXPERTS = 64;

    /** Weights that are read and multiplied with nothing in the time that a product takes by itself, whatever its size. */
    private static final int IDLE_WEIGHTS = 1 << 17;

    private final int[] counts;
    private final long[] products;
    private final int slots;
    private final long[] sources;
    private final long[] slotOfAssignment;
    private final long[] assignmentOfSlot;
    private final long[] begins;
    private final long[] byRow;

    private DispatchPlan(
            int[] counts, long[] products, int slots, int[] rows, int[] experts, int[] firstSlot, int rowCount) {
        this.counts = counts;
        this.products = products;
        this.slots = slots;
        sources = new long[slots];
        slotOfAssignment = new long[rows.length];
        assignmentOfSlot = new long[slots];
        Arrays.fill(assignmentOfSlot, rows.length);
        begins = new long[rowCount];
        for (int row : rows) {
            if (row + 1 < rowCount) {
                begins[row + 1]++;
            }
        }
        for (int row = 1; row < rowCount; row++) {
            begins[row] += begins[row - 1];
        }
        byRow = new long[rows.length];
        int[] next = new int[rowCount];
        // In the order of the assignments, so that the rows of an expert and the experts of a row stay in theirs.
        for (int a = 0; a < rows.length; a++) {
            int slot = firstSlot[experts[a]]++;
            sources[slot] = rows[a];
            slotOfAssignment[a] = slot;
            assignmentOfSlot[slot] = a;
            byRow[(int) begins[rows[a]] + next[rows[a]]++] = a;
        }
    }

    /**
     * Plans a batch.
     *
     * @param rows the row of each assignment
     * @param experts the expert of each assignment, below {@code expertCount}
     * @param rowCount N, some of which may have no assignment
     * @param sizes of the products
     * @param expertWeights weights of one expert
     */
    static DispatchPlan of(int[] rows, int[] experts, int rowCount, int expertCount, Sizes sizes, long expertWeights) {
        int mostIdle = (int) Math.min(MOST_EXPERTS, IDLE_WEIGHTS / expertWeights);
        int[] counts = new int[expertCount];
        for (int expert : experts) {
            counts[expert]++;
        }
        long[] products = new long[16];
        int size = 0;
        int[] firstSlot = new int[expertCount];
        int slots = 0;
        for (int first = 0; first < expertCount; ) {
            if (counts[first] == 0) {
                first++;
                continue;
            }
            int together = together(counts, first, sizes, mostIdle);
            int capacity = sizes.rounded(most(counts, first, together));
            for (int i = 0; i < together; i++) {
                firstSlot[first + i] = slots + i * capacity;
            }
            if (size + 3 > products.length) {
                products = Arrays.copyOf(products, 2 * products.length);
            }
            products[size++] = first;
            products[size++] = together;
            products[size++] = capacity;
            slots += together * capacity;
            first += together;
        }
        return new DispatchPlan(counts, Arrays.copyOf(products, size), slots, rows, experts, firstSlot, rowCount);
    }

    /** How many experts from {@code first} on make one product, never more than {@code mostIdle} without rows in a row: a power of two. */
    private static int together(int[] counts, int first, Sizes sizes, int mostIdle) {
        int best = 1;
        int rows = 0;
        int most = 0;
        int idle = 0;
        for (int n = 1; n <= MOST_EXPERTS && first + n <= counts.length; n++) {
            int count = counts[first + n - 1];
            idle = count > 0 ? 0 : idle + 1;
            if (idle > mostIdle) {
                break;
            }
            rows += count;
            most = Math.max(most, count);
            if (Integer.bitCount(n) != 1) {
                continue;
            }
            int padded = n * sizes.rounded(most);
            if (n > 1 && (padded > MOST_SLOTS || sizes.wasteful(padded, rows, n))) {
                break;
            }
            best = n;
        }
        return best;
    }

    private static int most(int[] counts, int first, int together) {
        int most = 0;
        for (int i = 0; i < together; i++) {
            most = Math.max(most, counts[first + i]);
        }
        return most;
    }

    /** Rows of each expert, {@code [E]}. */
    int[] counts() {
        return counts;
    }

    /** All slots, the padding included. */
    int slots() {
        return slots;
    }

    /** {@code [slots]}: the row in each slot; unused slots name row 0. */
    long[] sources() {
        return sources;
    }

    /** {@code [A]}: the slot of each assignment. */
    long[] slotOfAssignment() {
        return slotOfAssignment;
    }

    /** {@code [slots]}: the assignment in each slot; A in those that are not used. */
    long[] assignmentOfSlot() {
        return assignmentOfSlot;
    }

    /** {@code [A]}: the assignments row by row. */
    long[] byRow() {
        return byRow;
    }

    /** {@code [N]}: where each row's assignments begin in {@link #byRow}. */
    long[] begins() {
        return begins;
    }

    /** {@code [A]}: the slots of the assignments row by row. */
    long[] slotsByRow() {
        long[] result = new long[byRow.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = slotOfAssignment[(int) byRow[i]];
        }
        return result;
    }

    /**
     * The products for the kernels: first expert, number of experts, slots of each, and 1 where the gradient is to be added to what is
     * there.
     *
     * @param touched experts whose gradient holds something already
     */
    long[] products(boolean[] touched) {
        long[] result = new long[products.length / 3 * 4];
        for (int i = 0; i < products.length / 3; i++) {
            System.arraycopy(products, 3 * i, result, 4 * i, 3);
            for (int e = 0; e < products[3 * i + 1]; e++) {
                if (touched[(int) products[3 * i] + e]) {
                    result[4 * i + 3] = 1;
                }
            }
        }
        return result;
    }
}
