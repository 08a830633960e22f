/**
 * Learns from sentence pairs which target pieces a source piece may become: the tables behind a shortlist of the target vocabulary.
 *
 * <p>Pairs of ids become a {@link dev.dragoman.training.shortlist.Bitext}; {@link dev.dragoman.training.shortlist.LexicalModel} learns from it how often
 * each piece became each other (Dyer et al. 2013); {@link dev.dragoman.training.shortlist.ShortlistTable} keeps what is probable, to be written as a
 * {@link dev.dragoman.model.checkpoint.ShortlistFile}. {@link dev.dragoman.training.shortlist.Coverage} tells how much of given translations such lists
 * would have allowed. Serving reads them by {@link dev.dragoman.inference.Shortlist}.
 *
 * <p>V is the number of pieces, m the number of source tokens of a pair and n that of its target tokens; positions count from 1.
 */
@NullMarked
package dev.dragoman.training.shortlist;

import org.jspecify.annotations.NullMarked;
