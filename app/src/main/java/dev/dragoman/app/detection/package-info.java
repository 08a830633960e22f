/**
 * Which language a text is in: {@link dev.dragoman.app.detection.LanguageDetection} is what requests ask,
 * {@link dev.dragoman.app.detection.TextClassifier} turns what the library lingua says into probabilities.
 *
 * <p>Detection is per text, never over a whole list. Its models are read in the background once the server is ready, so that they do not
 * delay the start.
 */
@NullMarked
package dev.dragoman.app.detection;

import org.jspecify.annotations.NullMarked;
