package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every metric against sacreBLEU itself: sentences, corpora, one and two references, signatures, intervals and p-values. */
class SacrebleuTest {
    private static final Bootstrap BOOTSTRAP = new Bootstrap(200, 12345);
    private static final List<Vectors.Segment> SEGMENTS = Vectors.segments();

    static Set<String> metrics() {
        return Vectors.METRICS.keySet();
    }

    static Stream<Vectors.CorpusVector> corpora() {
        return Vectors.corpora().stream();
    }

    @Test
    void vectors_areThere() {
        assertThat(SEGMENTS).hasSizeGreaterThan(250);
        assertThat(Vectors.corpora()).hasSize(2 * 11 * Vectors.METRICS.size());
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void sentences(String name) {
        double[] expected = Vectors.sentences(name);
        Metric metric = Vectors.metric(name).ofSentences();
        assertThat(expected).hasSameSizeAs(SEGMENTS);
        for (int i = 0; i < expected.length; i++) {
            Vectors.Segment segment = SEGMENTS.get(i);
            double[] statistics = metric.statistics(segment.hypothesis(), List.of(segment.reference()));
            assertThat(metric.score(statistics, Rounding.DOUBLE))
                    .as("%s", segment)
                    // The file has 12 digits.
                    .isCloseTo(expected[i], within(1e-9 * Math.max(1, expected[i])));
        }
    }

    @ParameterizedTest
    @MethodSource("corpora")
    void corpus(Vectors.CorpusVector vector) {
        List<Vectors.Segment> segments = SEGMENTS.stream()
                .filter(each -> each.group().equals(vector.group()))
                .toList();
        Score score = CorpusStatistics.of(
                        Vectors.metric(vector.metric()),
                        segments.stream().map(Vectors.Segment::hypothesis).toList(),
                        references(segments, vector.references()))
                .score();
        assertThat(score.score()).isCloseTo(vector.score(), within(1e-11));
        assertThat(score.details()).isEqualTo(vector.details());
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void signature(String name) {
        String signature = Vectors.metric(name).signature(1).toString();
        assertThat(signature).isEqualTo(Vectors.row("signature", name).get(2) + "|version:dragoman(=sacrebleu-2.6.0)");
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void bootstrap_sameSamplesSameInterval(String name) {
        List<String> expected = Vectors.row("bootstrap", name);
        Score score = BOOTSTRAP.withInterval(statistics(name, false));
        assertClose(score.interval(), expected.get(2), expected.get(3));
        assertThat(score.signature().toString()).startsWith("nrefs:2|bs:200|seed:12345|case:");
    }

    @ParameterizedTest
    @MethodSource("metrics")
    void paired_sameSamplesSamePValue(String name) {
        List<String> expected = Vectors.row("paired", name);
        List<PairedScore> scores = BOOTSTRAP.paired(List.of(statistics(name, false), statistics(name, true)));
        assertClose(scores.get(0).score().interval(), expected.get(2), expected.get(3));
        assertClose(scores.get(1).score().interval(), expected.get(4), expected.get(5));
        assertThat(scores.get(0).pValue()).isNull();
        assertThat(scores.get(1).pValue()).isEqualTo(Double.parseDouble(expected.get(6)));
    }

    private static void assertClose(ConfidenceInterval interval, String mean, String halfWidth) {
        assertThat(interval.mean()).isCloseTo(Double.parseDouble(mean), within(1e-11));
        assertThat(interval.halfWidth()).isCloseTo(Double.parseDouble(halfWidth), within(1e-11));
    }

    private static CorpusStatistics statistics(String name, boolean other) {
        List<String> hypotheses = SEGMENTS.stream()
                .map(other ? Vectors.Segment::other : Vectors.Segment::hypothesis)
                .toList();
        return CorpusStatistics.of(Vectors.metric(name), hypotheses, references(SEGMENTS, 2));
    }

    private static List<List<String>> references(List<Vectors.Segment> segments, int count) {
        List<String> first = segments.stream().map(Vectors.Segment::reference).toList();
        List<String> second =
                segments.stream().map(Vectors.Segment::secondReference).toList();
        return count == 1 ? List.of(first) : List.of(first, second);
    }
}
