package dev.dragoman.training.shortlist;

/**
 * The expected counts of one target piece.
 *
 * @param sources ids of the source pieces that it met, ascending
 * @param counts how often it came from each
 * @param nullCount how often it came from none
 * @param logLikelihood of its tokens, given the sources, before this round
 */
record PieceCounts(char[] sources, float[] counts, double nullCount, double logLikelihood) {}
