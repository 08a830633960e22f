package dev.dragoman.app.translation;

import java.util.List;
import java.util.function.Function;

/**
 * What to translate, and what to make of it.
 *
 * @param request what to translate
 * @param answer makes the protocol's answer of one translation for each text, in their order
 * @param <R> type of the answer
 */
public record TranslationPlan<R>(ValidRequest request, Function<List<TranslatedText>, R> answer) {}
