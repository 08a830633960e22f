package dev.dragoman.app.sentences;

/**
 * How the sentence cache has fared since the start.
 *
 * @param sentences finished translations and those in flight
 * @param bytes memory of the finished ones, estimated
 * @param maximumBytes most that they may take
 * @param hits look-ups that found a translation, finished or in flight
 * @param misses look-ups that did not
 * @param evictions translations that were forgotten for want of room
 */
public record CacheStatistics(long sentences, long bytes, long maximumBytes, long hits, long misses, long evictions) {}
