/**
 * Beam search over a decoder session, in plain Java over small arrays, without tensors.
 *
 * <p>Reading order: {@link dev.dragoman.inference.search.DecoderSession} is the network as a search sees it, three verbs: <i>admit</i>
 * begins sentences, <i>step</i> takes the last id of every live row and answers with {@link dev.dragoman.inference.search.Candidates},
 * <i>reorder</i> makes the rows of the next step. {@link dev.dragoman.inference.search.ContinuousSearch} drives it: a
 * {@link dev.dragoman.inference.search.SearchTask} enters when there is room, is searched by its own {@code Beam} under its own
 * {@link dev.dragoman.inference.search.SearchOptions}, and is told its {@link dev.dragoman.inference.search.Hypothesis} list;
 * {@code NormalisedScore} ranks what has finished. {@link dev.dragoman.inference.search.BatchSearch} has a list of sentences searched so.
 *
 * <p>Conventions: one live hypothesis is one row; the rows of a sentence are neighbours, best first. Log probabilities are natural
 * logarithms, summed in double. Lengths are tokens. W is the beam size, S the source length. A search and its session are confined to
 * one thread; a search closes its session.
 *
 * <p>Text, queues and model files do not belong here; the first and the last are in {@code dev.dragoman.inference}.
 *
 * <p>Source: Wu et al. 2016 (GNMT), section 7.
 */
@NullMarked
package dev.dragoman.inference.search;

import org.jspecify.annotations.NullMarked;
