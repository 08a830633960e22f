/**
 * Parallel text and the batches made of it.
 *
 * <p>Reading order: a {@link dev.dragoman.training.data.TsvCorpus} reads {@link dev.dragoman.training.data.SentencePair}s from a
 * file; {@link dev.dragoman.training.data.PairFilter} says which of them are not worth training on; the rest of all
 * {@link dev.dragoman.training.data.CorpusPart}s is kept as ids in one {@link dev.dragoman.training.data.EncodedCorpus}; a
 * {@link dev.dragoman.training.data.BatchSampler} plans an epoch over it and cuts it into
 * {@link dev.dragoman.training.data.Batch}es, which a {@link dev.dragoman.training.data.BatchStream} builds ahead of the trainer.
 *
 * <p>Everything is a function of the files, the tokenizer, the options and the seed: the same four give the same batches in the
 * same order, on any number of threads and on any JDK, so a position (epoch, batch) is all that a checkpoint keeps of the data.
 *
 * <p>Shape letters: B rows of a batch, S source length, T target length, both with padding. Arrays are row-major, batch first.
 * Lengths count ids, and say whether control pieces are included. Nothing here knows a tensor or the network.
 */
@NullMarked
package dev.dragoman.training.data;

import org.jspecify.annotations.NullMarked;
