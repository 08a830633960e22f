package dev.dragoman.training.shortlist;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * How often each source piece became each target piece: expected counts under an alignment model of pieces, learnt from sentence pairs.
 *
 * <p>Every target token comes from one source token or from none: IBM model 2 with the log-linear diagonal of {@link AlignmentPrior} in place of
 * a table of positions, and a Dirichlet prior over the translations of a piece (Dyer, Chahuneau and Smith 2013, "A Simple, Fast, and Effective
 * Reparameterization of IBM Model 2"); with neither it is IBM model 1. The translation probabilities begin equal.
 *
 * <p>Immutable once it is trained, safe for use by many threads.
 */
public final class LexicalModel {
    /*
     * The expected counts of a target piece need the probabilities of that piece only. So a round goes through the text piece by piece, by a list
     * of its occurrences, with one array over the source pieces that stays in the processor's cache, and the pieces are shared out among threads:
     * no number is added to by two of them, and each is a sum in the order of the text, whatever the number of threads.
     *
     * Kept are the counts alone, 6 bytes for every two pieces that ever met in a pair, and 4 more while a round makes new ones. Probabilities are made of them, column by column.
     */
    private final PieceCounts[] columns;
    private final double[] totals;

    private LexicalModel(PieceCounts[] columns, double[] totals) {
        this.columns = columns;
        this.totals = totals;
    }

    /**
     * What a round has found.
     *
     * @param number from 1
     * @param perplexity per target token, given the sources, of the model that the round began with
     * @param meetings how many two pieces have met in a pair
     */
    public record Round(int number, double perplexity, long meetings) {}

    /**
     * Trains a model. Takes, beside the text, 6 bytes per target token and 10 bytes per meeting of two pieces, of which there are at most
     * V<sup>2</sup>.
     *
     * @param vocabularySize V, above the highest id of the text
     * @param threads at least 1; the model is the same, to the bit, for any number
     * @param progress hears of each round
     */
    public static LexicalModel train(
            Bitext text, int vocabularySize, LexicalOptions options, int threads, Consumer<Round> progress) {
        Occurrences occurrences = new Occurrences(text, vocabularySize);
        // The largest first, so that no thread is left with one at the end.
        int[] order = IntStream.range(0, vocabularySize)
                .boxed()
                .sorted(Comparator.comparingInt(piece -> occurrences.first(piece) - occurrences.first(piece + 1)))
                .mapToInt(Integer::intValue)
                .toArray();
        Translations translations = Translations.equal();
        LexicalModel model = new LexicalModel(new PieceCounts[0], new double[0]);
        for (int round = 1; round <= options.iterations(); round++) {
            PieceCounts[] before = model.columns;
            Translations current = translations;
            PieceCounts[] columns = new PieceCounts[vocabularySize];
            AtomicInteger next = new AtomicInteger();
            run(threads, () -> {
                Expectation expectation = new Expectation(text, occurrences, vocabularySize, options);
                for (int i = next.getAndIncrement(); i < vocabularySize; i = next.getAndIncrement()) {
                    int piece = order[i];
                    columns[piece] = expectation.of(piece, before.length == 0 ? null : before[piece], current);
                }
            });
            model = new LexicalModel(columns, totals(columns, vocabularySize));
            translations = Translations.of(columns, model.totals, options.concentration());
            progress.accept(model.round(round, text.targetTokens()));
        }
        return model;
    }

    private static void run(int threads, Runnable task) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(executor.submit(task));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a lexical model was trained", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the training of a lexical model failed", e.getCause());
        } finally {
            executor.shutdownNow();
        }
    }

    private static double[] totals(PieceCounts[] columns, int vocabularySize) {
        double[] totals = new double[vocabularySize];
        for (PieceCounts column : columns) {
            for (int k = 0; k < column.sources().length; k++) {
                totals[column.sources()[k]] += column.counts()[k];
            }
        }
        return totals;
    }

    private Round round(int number, int tokens) {
        double logLikelihood = 0;
        long meetings = 0;
        for (PieceCounts column : columns) {
            logLikelihood += column.logLikelihood();
            meetings += column.sources().length;
        }
        return new Round(number, Math.exp(-logLikelihood / tokens), meetings);
    }

    /** V, the number of pieces. */
    public int vocabularySize() {
        return columns.length;
    }

    /** How often a source piece became any target piece. */
    public double count(int source) {
        return totals[source];
    }

    /** Hears of two pieces and how often the one became the other. */
    @FunctionalInterface
    public interface Entries {
        /** Takes an entry. */
        void take(int source, double count);
    }

    /** Tells of all source pieces that a target piece met, ascending. */
    public void forEachSource(int target, Entries entries) {
        PieceCounts column = columns[target];
        for (int k = 0; k < column.sources().length; k++) {
            entries.take(column.sources()[k], column.counts()[k]);
        }
    }

    /** The share of a source piece's tokens that became a target piece: p(target | source); 0 if the two never met. */
    public double probability(int source, int target) {
        PieceCounts column = columns[target];
        int k = Arrays.binarySearch(column.sources(), (char) source);
        return k < 0 ? 0 : column.counts()[k] / totals[source];
    }
}
