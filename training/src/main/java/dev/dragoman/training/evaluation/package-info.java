/**
 * How good translations are, in the numbers that the field compares.
 *
 * <p>A {@link dev.dragoman.training.evaluation.Metric} counts segments; a
 * {@link dev.dragoman.training.evaluation.CorpusStatistics} holds the counts of a system's output and turns their sums into a
 * {@link dev.dragoman.training.evaluation.Score}; a {@link dev.dragoman.training.evaluation.Bootstrap} does so for samples of the
 * segments. {@link dev.dragoman.training.evaluation.Bleu}, {@link dev.dragoman.training.evaluation.Chrf} and
 * {@link dev.dragoman.training.evaluation.Ter} equal sacreBLEU, sentence by sentence and corpus by corpus, intervals and p-values
 * included, digit for digit as it prints them; every score carries the {@linkplain dev.dragoman.training.evaluation.Signature signature}
 * that says so. {@link dev.dragoman.training.evaluation.MultiBleu} equals the script of Moses.
 *
 * <p>Text goes in as people read it: detokenised, cased, one sentence a segment. Scores are from 0 to 100, but TER has no limit.
 *
 * <p>What sacreBLEU does is what Python does: its white space, lower case, rounding, Unicode tables and random numbers are here under
 * their own names. The tests hold the vectors that sacreBLEU itself computed, and the script that made them. Papineni et al. 2002;
 * Snover et al. 2006; Post 2018; Popović 2015 and 2017; Koehn 2004.
 */
@NullMarked
package dev.dragoman.training.evaluation;

import org.jspecify.annotations.NullMarked;
