package dev.dragoman.benchmark;

import dev.dragoman.training.data.Batch;
import dev.dragoman.training.data.BatchSampler;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.EpochPlan;
import dev.dragoman.training.data.SamplerOptions;
import dev.dragoman.training.data.SpecialIds;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/**
 * Batches of random ids with the lengths of real text, through the sampler that training uses. Both sides of a pair are equally long, so
 * that work can be counted by time steps.
 */
final class SyntheticBatches {
    private static final SpecialIds SPECIAL = new SpecialIds(0, 2, 3);
    private static final int FIRST_PIECE = 4;

    /** Logarithms of lengths in pieces are about normal; these are those of sentences of documents. */
    private static final double MEAN_LOG_LENGTH = 3.0;

    private static final double LOG_LENGTH_DEVIATION = 0.6;

    private final BatchSampler sampler;
    private final EpochPlan plan;

    /**
     * @param pairs in the corpus
     * @param maximumLength of a side, in ids
     */
    SyntheticBatches(int pairs, int vocabularySize, int maximumLength, int tokensPerBatch) {
        Random random = new Random(11);
        List<int[]> sources = new ArrayList<>(pairs);
        List<int[]> targets = new ArrayList<>(pairs);
        for (int pair = 0; pair < pairs; pair++) {
            double logLength = MEAN_LOG_LENGTH + LOG_LENGTH_DEVIATION * random.nextGaussian();
            int length = Math.max(1, Math.min(maximumLength, (int) Math.exp(logLength)));
            sources.add(ids(random, length, vocabularySize));
            targets.add(ids(random, length, vocabularySize));
        }
        sampler = new BatchSampler(
                EncodedCorpus.ofPairs(OptionalInt.empty(), sources, targets),
                SPECIAL,
                SamplerOptions.of(1, tokensPerBatch));
        plan = sampler.plan(0);
    }

    /** Frequent pieces are far more frequent than rare ones. */
    private static int[] ids(Random random, int length, int vocabularySize) {
        int pieces = vocabularySize - FIRST_PIECE;
        return random.doubles(length)
                .mapToInt(share -> FIRST_PIECE + (int) (Math.pow(pieces, share) - 1))
                .toArray();
    }

    int number() {
        return plan.batches();
    }

    Batch get(int index) {
        return plan.batch(index % plan.batches());
    }

    /** Orders an epoch and makes all its batches, as the thread beside training does. */
    void makeEpoch() {
        EpochPlan epoch = sampler.plan(1);
        for (int batch = 0; batch < epoch.batches(); batch++) {
            epoch.batch(batch);
        }
    }
}
