/**
 * The model directory: what training writes and serving opens.
 *
 * <table>
 * <caption>Files</caption>
 * <tr><td>{@code config.json}</td><td>{@link dev.dragoman.model.configuration.ModelConfiguration}</td></tr>
 * <tr><td>{@code weights.safetensors}</td><td>all parameters by path; memory-mapped; nothing in it can execute</td></tr>
 * <tr><td>{@code pieces.model}</td><td>the SentencePiece model</td></tr>
 * <tr><td>{@code README.md}</td><td>the model card: data, recipe, command, scores</td></tr>
 * </table>
 *
 * <p>Format versions: 1, the first.
 */
@NullMarked
package dev.dragoman.model.checkpoint;

import org.jspecify.annotations.NullMarked;
