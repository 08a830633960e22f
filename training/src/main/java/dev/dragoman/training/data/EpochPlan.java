package dev.dragoman.training.data;

import java.util.Arrays;

/** The batches of one epoch: which pairs run together, and when. Immutable, safe for use by many threads. */
public final class EpochPlan {
    private final BatchSampler sampler;
    private final int epoch;
    private final int[] order;
    private final int[] starts;
    private final int[] batchOrder;

    EpochPlan(BatchSampler sampler, int epoch, int[] order, int[] starts, int[] batchOrder) {
        this.sampler = sampler;
        this.epoch = epoch;
        this.order = order;
        this.starts = starts;
        this.batchOrder = batchOrder;
    }

    public int epoch() {
        return epoch;
    }

    /** Number of batches. */
    public int batches() {
        return batchOrder.length;
    }

    /** Number of pairs, repetitions included. */
    public int pairs() {
        return order.length;
    }

    /** Builds a batch, counted from 0. */
    public Batch batch(int index) {
        return Batch.of(sampler.corpus(), sampler.special(), pairs(index));
    }

    /** The numbers of the pairs of a batch, counted from 0. */
    public int[] pairs(int index) {
        int start = batchOrder[index];
        return Arrays.copyOfRange(order, starts[start], starts[start + 1]);
    }

    /** Target tokens of the epoch, {@code eosId} included, padding excluded. */
    public long targetTokens() {
        long tokens = 0;
        for (int pair : order) {
            tokens += sampler.targetLength(pair);
        }
        return tokens;
    }

    /** The share of all positions, on both sides, that are padding, {@code [0, 1)}. */
    public double paddingWaste() {
        long real = 0;
        long padded = 0;
        for (int batch = 0; batch < batches(); batch++) {
            int sourceWidth = 0;
            int targetWidth = 0;
            for (int i = starts[batch]; i < starts[batch + 1]; i++) {
                int source = sampler.sourceLength(order[i]);
                int target = sampler.targetLength(order[i]);
                real += source + target;
                sourceWidth = Math.max(sourceWidth, source);
                targetWidth = Math.max(targetWidth, target);
            }
            padded += (long) (starts[batch + 1] - starts[batch]) * (sourceWidth + targetWidth);
        }
        return 1 - (double) real / padded;
    }
}
