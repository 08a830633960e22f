package dev.dragoman.app.translation;

import java.util.List;

/**
 * What one text became.
 *
 * @param text the best translation
 * @param alternatives the next best ones, different from it and from each other
 */
public record TranslatedText(String text, List<String> alternatives) {}
