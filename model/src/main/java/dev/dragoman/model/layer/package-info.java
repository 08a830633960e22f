/**
 * The blocks of the network, bottom to top: {@link dev.dragoman.model.layer.PieceEmbedding}, {@link dev.dragoman.model.layer.LstmLayer}
 * and {@link dev.dragoman.model.layer.BidirectionalLstmLayer}, {@link dev.dragoman.model.mixture.MixtureOfExperts}, which make an
 * {@link dev.dragoman.model.layer.Encoder}; {@link dev.dragoman.model.layer.SourceAttention}, which with them makes a
 * {@link dev.dragoman.model.layer.Decoder}; and {@link dev.dragoman.model.layer.OutputSoftmax}.
 *
 * <p>Shape letters: B sentences, S and T source and target time steps, N rows (real positions, padding left out), D width, C cells, R
 * outputs of an LSTM, A attention size, E experts, k experts per row, H hidden units of an expert, V vocabulary. Sequences are
 * time-major.
 *
 * <p>Results are attached to the manager of the first argument and closed with it. Blocks keep nothing between calls. With
 * {@code training} false no gradients are recorded, there is no dropout and no noise, and calls are safe from many threads.
 *
 * <p>The arithmetic is in {@code kernels.py}, see {@link dev.dragoman.model.kernel.Kernels}; names in files and what is stored belong to
 * {@link dev.dragoman.model.checkpoint}. Sources: Shazeer et al. 2017 (arXiv 1701.06538) and Wu et al. 2016 (arXiv 1609.08144).
 */
@NullMarked
package dev.dragoman.model.layer;

import org.jspecify.annotations.NullMarked;
