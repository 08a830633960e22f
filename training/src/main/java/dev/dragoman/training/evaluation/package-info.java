/**
 * How good translations are, in the numbers that the field compares.
 *
 * <p>{@link dev.dragoman.training.evaluation.Bleu} and {@link dev.dragoman.training.evaluation.Chrf} score hypotheses against one
 * reference each and equal sacreBLEU with its default settings, digit for digit as it prints them; every score carries the
 * {@linkplain dev.dragoman.training.evaluation.BleuScore#signature() signature} that says so. Text goes in as people read it:
 * detokenised, cased, one sentence a segment. Scores are from 0 to 100.
 *
 * <p>The tests hold the vectors that sacreBLEU itself computed, and the script that made them. Papineni et al. 2002; Post 2018;
 * Popović 2015.
 */
@NullMarked
package dev.dragoman.training.evaluation;

import org.jspecify.annotations.NullMarked;
