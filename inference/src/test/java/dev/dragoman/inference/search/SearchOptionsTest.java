package dev.dragoman.inference.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchOptionsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 1, 0, 0, 'beamSize must be from 1 to 4096, but is 0'",
        "4097, 1, 0, 0, 'beamSize must be from 1 to 4096, but is 4097'",
        "4, 5, 0, 0, 'nBest must be from 1 to 4, but is 5'",
        "4, 0, 0, 0, 'nBest must be from 1 to 4, but is 0'",
        "4, 1, -0.5, 0, 'lengthPenalty must be from 0 to 10, but is -0.5'",
        "4, 1, NaN, 0, 'lengthPenalty must be from 0 to 10, but is NaN'",
        "4, 1, 0, 11, 'coveragePenalty must be from 0 to 10, but is 11.0'",
    })
    void construction_outOfRange_namesFieldLimitAndValue(
            int beamSize, int nBest, double lengthPenalty, double coveragePenalty, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SearchOptions(beamSize, nBest, lengthPenalty, coveragePenalty, false))
                .withMessage(message);
    }

    @Test
    void needsAttention_onlyForCoverageOrAlignments() {
        assertThat(new SearchOptions(4, 1, 1, 0, false).needsAttention()).isFalse();
        assertThat(new SearchOptions(4, 1, 0, 0.1, false).needsAttention()).isTrue();
        assertThat(new SearchOptions(4, 1, 0, 0, true).needsAttention()).isTrue();
    }
}
