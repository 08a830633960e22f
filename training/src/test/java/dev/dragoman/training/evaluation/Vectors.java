package dev.dragoman.training.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What sacreBLEU says; see {@code sacrebleu_vectors.py} beside the file. */
final class Vectors {
    private static final List<List<String>> ROWS = read().lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> List.of(line.split("\t", -1)))
            .toList();

    private Vectors() {}

    record Segment(String group, String hypothesis, String other, String reference, String secondReference) {}

    record CorpusVector(String metric, String group, int references, double score, String details) {
        @Override
        public String toString() {
            return metric + " of " + group + ", " + references + " references";
        }
    }

    /** The metrics by the names of the script. */
    static final Map<String, Metric> METRICS = metrics();

    private static Map<String, Metric> metrics() {
        Map<String, Metric> metrics = new LinkedHashMap<>();
        for (String tokenizer : List.of("13a", "intl", "zh", "char", "none")) {
            metrics.put("bleu " + tokenizer, bleu(tokenizer, false, Smoothing.EXPONENTIAL));
            metrics.put("bleu " + tokenizer + " lc", bleu(tokenizer, true, Smoothing.EXPONENTIAL));
        }
        metrics.put("bleu floor", bleu("13a", false, new Smoothing(Smoothing.Method.FLOOR, 0.1)));
        metrics.put("bleu floor 0.5", bleu("13a", false, new Smoothing(Smoothing.Method.FLOOR, 0.5)));
        metrics.put("bleu add-k", bleu("13a", false, new Smoothing(Smoothing.Method.ADD_K, 1)));
        metrics.put("bleu none-smoothed", bleu("13a", false, Smoothing.NONE));
        metrics.put("chrf", Chrf.DEFAULT);
        metrics.put("chrf++", new Chrf(6, 2, 2, false, false));
        metrics.put("chrf++ lc", new Chrf(6, 2, 2, true, false));
        metrics.put("chrf space", new Chrf(6, 0, 2, false, true));
        metrics.put("chrf 4 1 3", new Chrf(4, 1, 3, false, false));
        metrics.put("ter", new Ter(false, false, false, false));
        metrics.put("ter norm", new Ter(true, false, false, false));
        metrics.put("ter nopunct", new Ter(false, true, false, false));
        metrics.put("ter norm asian", new Ter(true, false, true, false));
        metrics.put("ter nopunct asian", new Ter(false, true, true, false));
        metrics.put("ter norm nopunct asian cased", new Ter(true, true, true, true));
        metrics.put("ter cased", new Ter(false, false, false, true));
        return metrics;
    }

    private static Metric bleu(String tokenizer, boolean lowerCase, Smoothing smoothing) {
        return new Bleu(WordTokenizer.named(tokenizer), lowerCase, smoothing, false);
    }

    static Metric metric(String name) {
        return Objects.requireNonNull(METRICS.get(name), name);
    }

    static List<Segment> segments() {
        return rows("segment")
                .map(row -> new Segment(
                        row.get(1),
                        row.get(2).translateEscapes(),
                        row.get(3).translateEscapes(),
                        row.get(4).translateEscapes(),
                        row.get(5).translateEscapes()))
                .toList();
    }

    static List<CorpusVector> corpora() {
        return rows("corpus")
                .map(row -> new CorpusVector(
                        row.get(1),
                        row.get(2),
                        Integer.parseInt(row.get(3)),
                        Double.parseDouble(row.get(4)),
                        row.get(5)))
                .toList();
    }

    static double[] sentences(String metric) {
        return Arrays.stream(row("sentence", metric).get(2).split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    /** The line of a kind and a metric. */
    static List<String> row(String kind, String metric) {
        return rows(kind).filter(row -> row.get(1).equals(metric)).findFirst().orElseThrow();
    }

    private static Stream<List<String>> rows(String kind) {
        return ROWS.stream().filter(row -> row.get(0).equals(kind));
    }

    private static String read() {
        try (InputStream input = Objects.requireNonNull(Vectors.class.getResourceAsStream("sacrebleu-vectors.tsv"))) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
