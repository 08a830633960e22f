package dev.dragoman.app.sentences;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.TranslationOptions;

/**
 * All that a translation depends on.
 *
 * @param modelVersion digest of the model's files, so that an exchanged model never answers with its predecessor's words
 */
record SentenceKey(String modelVersion, LanguagePair pair, TranslationOptions options, String sentence) {}
