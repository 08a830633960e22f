/**
 * Translations in which placeholders, addresses and numbers arrive exactly as they were sent, whatever the model does, and in which loops
 * and empty outputs are found.
 *
 * <p>Reading order: {@link dev.dragoman.inference.faithful.ProtectedSpans} finds the parts of a text that have to arrive, by one
 * {@code SpanRule} for each idea, and makes each a {@link dev.dragoman.inference.faithful.Slot} of a
 * {@link dev.dragoman.inference.faithful.SlottedText}. {@link dev.dragoman.inference.faithful.FaithfulTranslator} has a sentence
 * translated in one {@link dev.dragoman.inference.faithful.Rendering}, has the outcome judged by {@code Fidelity} and
 * {@link dev.dragoman.inference.faithful.Degeneration}, and goes down its ladder of other ways until one is sound.
 *
 * <p>All is plain text: the model is behind an interface, so that the server's cache and queue can be there. Everything here is immutable or used by
 * one thread at a time.
 */
@NullMarked
package dev.dragoman.inference.faithful;

import org.jspecify.annotations.NullMarked;
