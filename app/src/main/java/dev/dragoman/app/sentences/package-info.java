/**
 * From sentences to their translations: each distinct sentence is translated once, together with sentences of other requests.
 *
 * <p>In reading order: a {@link dev.dragoman.app.sentences.SentenceTranslator}, one per model, looks every sentence up in the shared
 * {@link dev.dragoman.app.sentences.SentenceCache}; what is neither finished nor in flight becomes a
 * {@link dev.dragoman.app.sentences.PendingSentence} and is submitted, on behalf of a {@link dev.dragoman.app.sentences.RequestContext}, to
 * the model's {@link dev.dragoman.app.sentences.TranslationScheduler}. Its {@link dev.dragoman.app.sentences.SentenceQueue} admits it, or
 * {@link dev.dragoman.app.sentences.HeldRequests} keep the request until there is room or it is refused. Each
 * {@link dev.dragoman.app.sentences.TranslationWorker} runs a decoder and takes sentences into it as
 * {@link dev.dragoman.app.sentences.DecoderRoom} allows, in the order of a {@link dev.dragoman.app.sentences.FairQueue} for each
 * {@link dev.dragoman.app.sentences.Lane}.
 *
 * <p>Work is measured in source tokens. Time comes from a {@code Ticker} in nanoseconds, but for how long requests are held. Waiting is done
 * by futures, never by a caller's thread; the futures of waiting sentences are completed on worker threads. Queues are plain state under the
 * scheduler's lock, everything else here may be shared between threads.
 *
 * <p>Texts, their segmentation and HTTP belong to {@code dev.dragoman.app.translation}.
 */
@NullMarked
package dev.dragoman.app.sentences;

import org.jspecify.annotations.NullMarked;
