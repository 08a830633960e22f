package dev.dragoman.training.evaluation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What sacreBLEU says; see {@code sacrebleu_vectors.py} beside the file. */
final class Vectors {
    private Vectors() {}

    record Segment(String hypothesis, String reference, double bleu, double chrf) {
        @Override
        public String toString() {
            return "[" + hypothesis + "] against [" + reference + "]";
        }
    }

    record Corpus(
            String name,
            List<Segment> segments,
            double bleu,
            List<Double> precisions,
            double brevityPenalty,
            long hypothesisWords,
            long referenceWords,
            double chrf) {
        List<String> hypotheses() {
            return segments.stream().map(Segment::hypothesis).toList();
        }

        List<String> references() {
            return segments.stream().map(Segment::reference).toList();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Segment> segments() {
        return corpora().stream().flatMap(corpus -> corpus.segments().stream()).toList();
    }

    static List<Corpus> corpora() {
        List<Corpus> corpora = new ArrayList<>();
        Map<String, List<Segment>> groups = new LinkedHashMap<>();
        for (String line : read().lines().toList()) {
            String[] columns = line.split("\t", -1);
            if (columns[0].equals("segment")) {
                groups.computeIfAbsent(columns[1], name -> new ArrayList<>())
                        .add(new Segment(
                                unescape(columns[2]),
                                unescape(columns[3]),
                                Double.parseDouble(columns[4]),
                                Double.parseDouble(columns[5])));
            } else if (columns[0].equals("corpus")) {
                corpora.add(new Corpus(
                        columns[1],
                        groups.getOrDefault(columns[1], List.of()),
                        Double.parseDouble(columns[2]),
                        Arrays.stream(columns[3].split("/"))
                                .map(Double::valueOf)
                                .toList(),
                        Double.parseDouble(columns[4]),
                        Long.parseLong(columns[5]),
                        Long.parseLong(columns[6]),
                        Double.parseDouble(columns[7])));
            }
        }
        return corpora;
    }

    private static String read() {
        try (InputStream input = Objects.requireNonNull(Vectors.class.getResourceAsStream("sacrebleu-vectors.tsv"))) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@link String#translateEscapes} knows the four escapes that the script writes. */
    private static String unescape(String text) {
        return text.translateEscapes();
    }
}
