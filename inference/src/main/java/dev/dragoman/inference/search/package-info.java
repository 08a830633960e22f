/**
 * Beam search over a decoder session, in plain Java over small arrays, without tensors.
 *
 * <p>Reading order: {@link dev.dragoman.inference.search.DecoderSession} is the network as a search sees it, two verbs: <i>step</i>
 * takes the last id of every live row and answers with {@link dev.dragoman.inference.search.Candidates}, <i>reorder</i> makes the
 * rows of the next step. {@link dev.dragoman.inference.search.BeamSearch} drives it under
 * {@link dev.dragoman.inference.search.SearchOptions} and returns {@link dev.dragoman.inference.search.Hypothesis} lists;
 * {@link dev.dragoman.inference.search.NormalisedScore} ranks what has finished.
 *
 * <p>Conventions: one live hypothesis is one row; the rows of a sentence are neighbours, best first. Log probabilities are natural
 * logarithms, summed in double. Lengths are tokens. W is the beam size, S the source length. A search and its session are confined to
 * one thread; a {@code BeamSearch} has no state and may be shared. Whoever opened a session closes it.
 *
 * <p>Text, batching and model files do not belong here; they are in {@code dev.dragoman.inference}.
 *
 * <p>Source: Wu et al. 2016 (GNMT), section 7.
 */
@NullMarked
package dev.dragoman.inference.search;

import org.jspecify.annotations.NullMarked;
