package dev.dragoman.training.data;

/**
 * One aligned source and target sentence.
 *
 * @param source text as in the file
 * @param target text as in the file
 * @param origin where the pair comes from; empty if the file does not say
 * @param kind what it is, for example {@code prose} or {@code string}; empty if the file does not say
 */
public record SentencePair(String source, String target, String origin, String kind) {}
