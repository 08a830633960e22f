package dev.dragoman.training;

/**
 * One update.
 *
 * @param update its number, from 1
 * @param updates length of the run
 * @param epoch pass over the corpus, from 0
 * @param seconds time spent training so far, over all resumptions
 * @param targetTokens target tokens of the batch
 * @param batchSeconds time of this update
 * @param loss what was minimised: smoothed cross-entropy per target token plus balance losses
 * @param negativeLogLikelihood natural log, per target token
 * @param learningRate the rate of this update
 * @param gradientNorm global norm before clipping
 * @param importanceCv coefficient of variation of expert importance, mean over mixture layers; 0 without them
 * @param loadCv likewise of expert load
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
        double importanceCv,
        double loadCv) {}
