package dev.dragoman.training.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * A system's score beside that of the baseline.
 *
 * @param score with its interval
 * @param pValue how likely a difference from the baseline at least as large comes about by chance; null for the baseline itself
 */
public record PairedScore(Score score, @Nullable Double pValue) {}
