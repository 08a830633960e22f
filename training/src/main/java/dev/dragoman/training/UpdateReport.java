package dev.dragoman.training;

import dev.dragoman.model.mixture.ExpertLoad;
import java.util.Map;

/**
 * One update.
 *
 * @param update its number, from 1
 * @param updates length of the run
 * @param epoch pass over the corpus, from 0, of its last batch
 * @param seconds time spent training so far, over all resumptions
 * @param targetTokens target tokens of the batch
 * @param batchSeconds time of this update
 * @param loss what was minimised: smoothed cross-entropy per target token plus balance losses
 * @param negativeLogLikelihood natural log, per target token
 * @param learningRate the rate of this update
 * @param gradientNorm global norm before clipping; without the experts where they have an optimiser of their own
 * @param passedOver whether nothing has moved, the norm being out of the ordinary
 * @param mixtures how evenly each mixture layer used its experts, by the layer's path, bottom to top
 * @param loads what that was measured from: the gates and rows of every expert, by the same paths
 */
public record UpdateReport(
        int update,
        int updates,
        int epoch,
        double seconds,
        int targetTokens,
        double batchSeconds,
        double loss,
        double negativeLogLikelihood,
        double learningRate,
        double gradientNorm,
        boolean passedOver,
        Map<String, ExpertBalance> mixtures,
        Map<String, ExpertLoad> loads) {

    /** Mean over the mixture layers; zeros without them. */
    public ExpertBalance balance() {
        return ExpertBalance.mean(mixtures.values());
    }
}
