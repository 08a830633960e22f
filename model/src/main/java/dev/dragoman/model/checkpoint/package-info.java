/**
 * The model directory: what training writes and serving opens.
 *
 * <table>
 * <caption>Files</caption>
 * <tr><td>{@code config.json}</td><td>{@link dev.dragoman.model.configuration.ModelConfiguration}</td></tr>
 * <tr><td>{@code weights.safetensors}</td><td>all parameters by path; memory-mapped; nothing in it can execute</td></tr>
 * <tr><td>{@code weights-00001-of-0000N.safetensors}</td><td>the same in N files where they take more than 4 GB, no tensor split</td></tr>
 * <tr><td>{@code weights.safetensors.index.json}</td><td>which of the N files has which tensor, as Hugging Face's tools write it</td></tr>
 * <tr><td>{@code pieces.model}</td><td>the SentencePiece model</td></tr>
 * <tr><td>{@code shortlist.bin}</td><td>which target pieces a source allows: {@link dev.dragoman.model.checkpoint.ShortlistFile}; a model may be
 * without</td></tr>
 * <tr><td>{@code README.md}</td><td>the model card: data, recipe, command, scores</td></tr>
 * </table>
 *
 * <p>Writing: arrays become {@link dev.dragoman.model.checkpoint.TensorSource}s by {@link dev.dragoman.model.checkpoint.Weights#sources},
 * and {@link dev.dragoman.model.checkpoint.WeightFiles#write} writes those slice by slice; a source may as well compute its slices when
 * asked, so that a model larger than memory can be written. Reading: {@link dev.dragoman.model.checkpoint.WeightFiles#open} checks all
 * headers, {@link dev.dragoman.model.checkpoint.Weights} expands tensors to float32, and
 * {@link dev.dragoman.model.checkpoint.StoredParameter} says where one lies for those who map it themselves.
 *
 * <p>A tensor that is a multiple of 64 bytes begins at one; every other begins at a multiple of its element's size, and of each greater
 * power of two that divides its bytes. This holds for what is written here, not for files of other tools or of format 1.
 *
 * <p>Format versions:
 *
 * <ul>
 *   <li>1, the first: one weights file; stacks of experts {@code [E, in, out]}, their scales per row of the input.
 *   <li>2: stacks of experts {@code [E, out, in]}, so that a scale belongs to an output; weights may lie in several files. Files of
 *       format 1 are read: their stacks are expanded and transposed when they are opened.
 * </ul>
 */
@NullMarked
package dev.dragoman.model.checkpoint;

import org.jspecify.annotations.NullMarked;
