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
import org.jspecify.annotations.Nullable;

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
    private final Column[] columns;
    private final double[] totals;

    private LexicalModel(Column[] columns, double[] totals) {
        this.columns = columns;
        this.totals = totals;
    }

    /**
     * The expected counts of one target piece.
     *
     * @param sources ids of the source pieces that it met, ascending
     * @param counts how often it came from each
     * @param nullCount how often it came from none
     * @param logLikelihood of its tokens, given the sources, before this round
     */
    private record Column(char[] sources, float[] counts, double nullCount, double logLikelihood) {}

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
        LexicalModel model = new LexicalModel(new Column[0], new double[0]);
        for (int round = 1; round <= options.iterations(); round++) {
            Column[] before = model.columns;
            Translations current = translations;
            Column[] columns = new Column[vocabularySize];
            AtomicInteger next = new AtomicInteger();
            run(threads, () -> {
                Expectation expectation = new Expectation(text, occurrences, vocabularySize, options);
                for (int i = next.getAndIncrement(); i < vocabularySize; i = next.getAndIncrement()) {
                    int piece = order[i];
                    columns[piece] = expectation.of(piece, before.length == 0 ? null : before[piece], current);
                }
            });
            model = new LexicalModel(columns, totals(columns, vocabularySize));
            translations = Translations.of(model, options.concentration());
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

    private static double[] totals(Column[] columns, int vocabularySize) {
        double[] totals = new double[vocabularySize];
        for (Column column : columns) {
            for (int k = 0; k < column.sources.length; k++) {
                totals[column.sources[k]] += column.counts[k];
            }
        }
        return totals;
    }

    private Round round(int number, int tokens) {
        double logLikelihood = 0;
        long meetings = 0;
        for (Column column : columns) {
            logLikelihood += column.logLikelihood;
            meetings += column.sources.length;
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
        Column column = columns[target];
        for (int k = 0; k < column.sources.length; k++) {
            entries.take(column.sources[k], column.counts[k]);
        }
    }

    /** The share of a source piece's tokens that became a target piece: p(target | source); 0 if the two never met. */
    public double probability(int source, int target) {
        Column column = columns[target];
        int k = Arrays.binarySearch(column.sources, (char) source);
        return k < 0 ? 0 : column.counts[k] / totals[source];
    }

    /** The probabilities that a round begins with, made of the counts of the one before. */
    private static final class Translations {
        private final double concentration;
        private final double[] scales;
        private final double nullScale;

        private Translations(double concentration, double[] scales, double nullScale) {
            this.concentration = concentration;
            this.scales = scales;
            this.nullScale = nullScale;
        }

        /** For the first round, which knows no counts. */
        static Translations equal() {
            return new Translations(0, new double[0], 0);
        }

        static Translations of(LexicalModel model, double concentration) {
            int[] targets = new int[model.totals.length];
            double nullTotal = 0;
            for (Column column : model.columns) {
                nullTotal += column.nullCount;
                for (char source : column.sources) {
                    targets[source]++;
                }
            }
            double[] scales = new double[targets.length];
            for (int source = 0; source < scales.length; source++) {
                scales[source] = scale(model.totals[source], targets[source], concentration);
            }
            return new Translations(concentration, scales, scale(nullTotal, model.columns.length, concentration));
        }

        private static double scale(double total, int targets, double concentration) {
            if (total == 0) {
                return 0;
            }
            return 1 / (concentration == 0 ? total : Math.exp(Digamma.of(total + concentration * targets)));
        }

        double of(int source, double count) {
            return scales[source] * weight(count);
        }

        double ofNull(double count) {
            return nullScale * weight(count);
        }

        private double weight(double count) {
            return concentration == 0 ? count : Math.exp(Digamma.of(count + concentration));
        }
    }

    /** The work of one thread: the expected counts of one target piece after the other. */
    private static final class Expectation {
        private final Bitext text;
        private final Occurrences occurrences;
        private final double nullProbability;
        private final AlignmentPrior prior;
        private final double[] probabilities;
        private final double[] counts;
        private final boolean[] met;
        private char[] sources;
        private double[] weights = new double[64];
        private double nullProbabilityOfPiece;
        private double nullCount;
        private double logLikelihood;

        Expectation(Bitext text, Occurrences occurrences, int vocabularySize, LexicalOptions options) {
            this.text = text;
            this.occurrences = occurrences;
            nullProbability = options.nullProbability();
            prior = new AlignmentPrior(options.tension());
            probabilities = new double[vocabularySize];
            counts = new double[vocabularySize];
            met = new boolean[vocabularySize];
            sources = new char[vocabularySize];
        }

        /** The counts of a piece, given those of the round before, if there was one. */
        Column of(int piece, @Nullable Column before, Translations translations) {
            char[] keys;
            if (before == null) {
                keys = meet(piece);
                for (char source : keys) {
                    probabilities[source] = 1.0 / probabilities.length;
                }
                nullProbabilityOfPiece = 1.0 / probabilities.length;
            } else {
                keys = before.sources;
                for (int k = 0; k < keys.length; k++) {
                    probabilities[keys[k]] = translations.of(keys[k], before.counts[k]);
                }
                nullProbabilityOfPiece = translations.ofNull(before.nullCount);
            }
            nullCount = 0;
            logLikelihood = 0;
            for (int at = occurrences.first(piece); at < occurrences.first(piece + 1); at++) {
                add(occurrences.pair(at), occurrences.position(at));
            }
            float[] found = new float[keys.length];
            for (int k = 0; k < keys.length; k++) {
                found[k] = (float) counts[keys[k]];
                counts[keys[k]] = 0;
            }
            return new Column(keys, found, nullCount, logLikelihood);
        }

        /** The source pieces that a target piece meets, ascending. */
        private char[] meet(int piece) {
            int size = 0;
            int last = -1;
            for (int at = occurrences.first(piece); at < occurrences.first(piece + 1); at++) {
                int pair = occurrences.pair(at);
                if (pair == last) {
                    continue;
                }
                last = pair;
                for (int token = text.sourceStart(pair); token < text.sourceStart(pair + 1); token++) {
                    int source = text.source(token);
                    if (!met[source]) {
                        met[source] = true;
                        sources[size++] = (char) source;
                    }
                }
            }
            char[] keys = Arrays.copyOf(sources, size);
            Arrays.sort(keys);
            for (char key : keys) {
                met[key] = false;
            }
            return keys;
        }

        /** Shares one token out among those that it may come from. */
        private void add(int pair, int position) {
            int first = text.sourceStart(pair);
            int length = text.sourceStart(pair + 1) - first;
            if (weights.length < length) {
                weights = new double[2 * length];
            }
            prior.fill(weights, length, position, text.targetStart(pair + 1) - text.targetStart(pair));
            double ofNull = nullProbability * nullProbabilityOfPiece;
            double sum = ofNull;
            for (int i = 0; i < length; i++) {
                double joint = (1 - nullProbability) * weights[i] * probabilities[text.source(first + i)];
                weights[i] = joint;
                sum += joint;
            }
            for (int i = 0; i < length; i++) {
                counts[text.source(first + i)] += weights[i] / sum;
            }
            nullCount += ofNull / sum;
            logLikelihood += Math.log(sum);
        }
    }
}
