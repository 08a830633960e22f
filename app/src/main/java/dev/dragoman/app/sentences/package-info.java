/**
 * From sentences to their translations: each distinct sentence is translated once, together with sentences of other requests.
 *
 * <p>In reading order: a {@link dev.dragoman.app.sentences.SentenceTranslator}, one per model, looks every sentence up in the shared
 * {@link dev.dragoman.app.sentences.SentenceCache}; what is neither finished nor in flight becomes a
 * {@link dev.dragoman.app.sentences.PendingSentence} and is submitted to the model's
 * {@link dev.dragoman.app.sentences.TranslationScheduler}, whose {@link dev.dragoman.app.sentences.SentenceQueue} admits it or refuses
 * the request, and whose workers gather batches from all requests that wait.
 *
 * <p>Work is measured in source tokens. Time comes from a {@code Ticker} in nanoseconds. Waiting is done by futures, never by a
 * caller's thread; the futures of waiting sentences are completed on worker threads. {@code SentenceQueue} is plain state under the
 * scheduler's lock, everything else here may be shared between threads.
 *
 * <p>Texts, their segmentation and HTTP belong to {@code dev.dragoman.app.translation}.
 */
@NullMarked
package dev.dragoman.app.sentences;

import org.jspecify.annotations.NullMarked;
