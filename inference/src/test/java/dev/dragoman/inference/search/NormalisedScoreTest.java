package dev.dragoman.inference.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalisedScoreTest {
    /** Sums of the worked example's attention, behind one that is another's. */
    private static final double[] COVERAGE = {99, 0.7 + 0.1 + 0.1, 0.2 + 0.5 + 0.1, 0.1 + 0.4 + 0.8};

    @ParameterizedTest
    @CsvSource({"0.2, 1.201124", "0.6, 1.732862", "1, 2.5", "0, 1"})
    void lengthPenalty_tenTokens_isAsWorkedByHand(double alpha, double expected) {
        assertThat(new NormalisedScore(alpha, 0).lengthPenalty(10)).isCloseTo(expected, within(5e-7));
    }

    @Test
    void lengthPenalty_oneToken_isNeutral() {
        assertThat(new NormalisedScore(0.7, 0).lengthPenalty(1)).isEqualTo(1);
    }

    @Test
    void coveragePenalty_workedExample_capsAndSums() {
        assertThat(new NormalisedScore(0, 1).coveragePenalty(COVERAGE, 1, 3)).isCloseTo(-0.328504, within(5e-7));
    }

    @Test
    void score_workedExample_isAsWorkedByHand() {
        NormalisedScore score = new NormalisedScore(0.2, 0.2);

        assertThat(score.lengthPenalty(3)).isCloseTo(1.059224, within(5e-7));
        assertThat(score.of(-3, 3) + score.coveragePenalty(COVERAGE, 1, 3)).isCloseTo(-2.897963, within(5e-7));
    }

    @Test
    void coveragePenalty_unattendedSourceToken_isBounded() {
        double bounded = new NormalisedScore(0, 0.5).coveragePenalty(new double[] {1, 0}, 0, 2);

        assertThat(bounded).isEqualTo(0.5 * Math.log(NormalisedScore.LEAST_COVERAGE));
    }

    @Test
    void coveragePenalty_emptyTarget_isBounded() {
        assertThat(new NormalisedScore(0, 1).coveragePenalty(new double[2], 0, 2))
                .isFinite()
                .isNegative();
    }
}
