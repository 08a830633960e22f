package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dragoman.training.ValidationReport.Direction;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValidationReportTest {
    @Test
    void perplexity_isTheExponentialOfTheLikelihoodPerToken() {
        // A model that guesses among 1,000 pieces.
        assertThat(new Direction("en-fr", Math.log(1000), 0, 0).perplexity()).isCloseTo(1000, within(1e-9));
    }

    @Test
    void meanBleu_isThatOfTheDirections() {
        ValidationReport report =
                new ValidationReport(7, List.of(new Direction("en-fr", 1, 30, 50), new Direction("en-de", 1, 20, 40)));
        assertThat(report.meanBleu()).isEqualTo(25);
        assertThat(new ValidationReport(7, List.of()).meanBleu()).isZero();
    }
}
