package dev.dragoman.model;

import dev.dragoman.model.mixture.ExpertLoad;
import java.util.Map;

/**
 * The loss of one batch.
 *
 * @param total what is minimised: smoothed cross-entropy per target token plus the balance losses of every mixture layer
 * @param logLikelihood negative log-likelihood of the targets, natural log, summed over their tokens
 * @param tokens target tokens, the end symbols included
 * @param loads how evenly each mixture layer used its experts, by the layer's path, bottom to top; when not training, the load is that of the
 *     rows themselves
 */
public record BatchLoss(double total, double logLikelihood, int tokens, Map<String, ExpertLoad> loads) {}
