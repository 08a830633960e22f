package dev.dragoman.training.report;

/**
 * One sentence of the development text and how the network translated it.
 *
 * @param update number of updates done
 * @param direction for example {@code en-fr}
 * @param sentence its number in the corpus, from 0
 */
public record SampleMetrics(
        long update, String direction, int sentence, String source, String reference, String translation)
        implements MetricsRow {}
