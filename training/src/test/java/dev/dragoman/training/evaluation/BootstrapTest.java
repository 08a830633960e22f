package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    private static final List<String> REFERENCES = IntStream.range(0, 50)
            .mapToObj(i -> "this is the sentence number " + i)
            .toList();
    private static final List<String> BETTER = IntStream.range(0, 50)
            .mapToObj(i -> REFERENCES.get(i) + (i % 5 == 0 ? " or so" : ""))
            .toList();
    private static final List<String> WORSE = IntStream.range(0, 50)
            .mapToObj(i -> REFERENCES.get(i).substring(8 + i % 7))
            .toList();

    @Test
    void paired_aClearDifferenceIsSignificant() {
        assertThat(pValue(BETTER, WORSE)).isEqualTo(1.0 / 1001);
    }

    /** No sample differs by more than the difference, which is 0; sacreBLEU says the same. */
    @Test
    void paired_equalOutputsHaveTheSmallestP() {
        assertThat(pValue(BETTER, BETTER)).isEqualTo(1.0 / 1001);
    }

    @Test
    void interval_holdsTheScore() {
        Score score = Bootstrap.DEFAULT.withInterval(statistics(WORSE));
        ConfidenceInterval interval = score.interval();
        assertThat(interval.halfWidth()).isPositive();
        assertThat(score.score())
                .isBetween(interval.mean() - interval.halfWidth(), interval.mean() + interval.halfWidth());
        assertThat(score.number(1)).matches("[0-9]+\\.[0-9] \\(μ = [0-9]+\\.[0-9] ± [0-9]+\\.[0-9]\\)");
    }

    @Test
    void arguments_areChecked() {
        assertThatThrownBy(() -> new Bootstrap(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Bootstrap(10, -1)).hasMessageContaining("-1");
    }

    private static double pValue(List<String> baseline, List<String> system) {
        Double pValue = Bootstrap.DEFAULT
                .paired(List.of(statistics(baseline), statistics(system)))
                .get(1)
                .pValue();
        return pValue == null ? Double.NaN : pValue;
    }

    private static CorpusStatistics statistics(List<String> hypotheses) {
        return CorpusStatistics.of(Bleu.DEFAULT, hypotheses, List.of(REFERENCES));
    }
}
