package dev.dragoman.training;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.BatchLoss;
import dev.dragoman.model.TokenBatch;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.mixture.ExpertLoad;
import dev.dragoman.training.data.Batch;
import dev.dragoman.training.data.BatchSampler;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.EpochPlan;
import dev.dragoman.training.data.SamplerOptions;
import dev.dragoman.training.data.SpecialIds;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * How likely a network holds a text, by teacher forcing.
 *
 * @param sum negative log-likelihood, natural log, summed over tokens
 * @param tokens target tokens, the end symbols included
 * @param loads how evenly each mixture layer used its experts over the whole text, by the layer's path
 */
public record Likelihood(double sum, long tokens, Map<String, ExpertLoad> loads) {

    /**
     * Measures a whole corpus.
     *
     * @param tokensPerBatch as in training; more where a sentence, which no filter has seen, needs it
     * @param form makes a batch what the network takes
     */
    public static Likelihood of(
            EncodedCorpus corpus,
            SpecialIds special,
            int tokensPerBatch,
            Function<Batch, TokenBatch> form,
            TrainableNetwork network) {
        SamplerOptions options = SamplerOptions.of(0, budget(corpus, tokensPerBatch));
        EpochPlan plan = new BatchSampler(corpus, special, options).plan(0);
        double sum = 0;
        long tokens = 0;
        Map<String, ExpertLoad> loads = new LinkedHashMap<>();
        for (int i = 0; i < plan.batches(); i++) {
            try (NDManager scratch = ComputeDevice.newManager(network.device())) {
                BatchLoss loss = network.evaluate(scratch, form.apply(plan.batch(i)));
                sum += loss.logLikelihood();
                tokens += loss.tokens();
                loss.loads().forEach((layer, load) -> loads.merge(layer, load, Likelihood::sum));
            }
        }
        return new Likelihood(sum, tokens, loads);
    }

    /** Mean per token. */
    public double perToken() {
        return sum / tokens;
    }

    private static int budget(EncodedCorpus corpus, int tokensPerBatch) {
        int budget = tokensPerBatch;
        for (int pair = 0; pair < corpus.size(); pair++) {
            // With prefix and end symbol.
            budget = Math.max(budget, Math.max(corpus.sourceLength(pair), corpus.targetLength(pair)) + 2);
        }
        return budget;
    }

    private static ExpertLoad sum(ExpertLoad one, ExpertLoad other) {
        float[] importance = one.importance().clone();
        float[] load = one.load().clone();
        int[] rows = one.rows().clone();
        for (int expert = 0; expert < rows.length; expert++) {
            importance[expert] += other.importance()[expert];
            load[expert] += other.load()[expert];
            rows[expert] += other.rows()[expert];
        }
        return new ExpertLoad(importance, load, rows);
    }
}
