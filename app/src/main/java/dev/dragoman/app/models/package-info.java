/**
 * The models that the server has open, and what they can do.
 *
 * <p>In reading order: {@link dev.dragoman.app.models.ModelLoader} finds the model directories of the configuration, opens each through
 * {@link dev.dragoman.app.models.ModelOpener}, makes it translate once, and hands out
 * {@link dev.dragoman.app.models.ServedModels}, where every {@link dev.dragoman.app.models.ServedModel} is found by the language pairs
 * it serves; {@link dev.dragoman.app.models.Models} runs that beside the start of the web server and closes everything at the end. A
 * {@link dev.dragoman.app.models.ServedDirection} is one model or, by way of English, two. While the server runs
 * {@link dev.dragoman.app.models.ModelAdministration} exchanges models; {@link dev.dragoman.app.models.ModelUse} knows when nobody uses
 * one any more.
 *
 * <p>A directory that cannot be served ends the start with one sentence that names directory and file; the server never runs with
 * fewer models than it was told to.
 *
 * <p>How a translation is scheduled belongs to {@code dev.dragoman.app.sentences}; what a model directory contains is known to
 * {@code dev.dragoman.inference} alone, but for the name of the file by which it is recognised.
 */
@NullMarked
package dev.dragoman.app.models;

import org.jspecify.annotations.NullMarked;
