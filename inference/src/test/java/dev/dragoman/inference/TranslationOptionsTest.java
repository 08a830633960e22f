package dev.dragoman.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dragoman.inference.search.SearchOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranslationOptionsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 1, 0, 0, 2, 'beamSize must be from 1 to 64, but is 0'",
        "65, 1, 0, 0, 2, 'beamSize must be from 1 to 64, but is 65'",
        "4, 5, 0, 0, 2, 'nBest must be from 1 to 4, but is 5'",
        "4, 1, -1, 0, 2, 'lengthPenalty must be from 0 to 10, but is -1.0'",
        "4, 1, 0, NaN, 2, 'coveragePenalty must be from 0 to 10, but is NaN'",
        "4, 1, 0, 0, 0.4, 'maximumLengthFactor must be from 0.5 to 20, but is 0.4'",
        "4, 1, 0, 0, NaN, 'maximumLengthFactor must be from 0.5 to 20, but is NaN'",
    })
    void construction_outOfRange_namesFieldLimitAndValue(
            int beamSize,
            int nBest,
            double lengthPenalty,
            double coveragePenalty,
            double maximumLengthFactor,
            String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new TranslationOptions(beamSize, nBest, lengthPenalty, coveragePenalty, maximumLengthFactor))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"2, 7, 24", "1.5, 3, 15", "0.5, 0, 10"})
    void maximumLength_isTheFactorRoundedUpPlusTen(double factor, int sourceTokens, int expected) {
        assertThat(new TranslationOptions(4, 1, 0.6, 0, factor).maximumLength(sourceTokens))
                .isEqualTo(expected);
    }

    @Test
    void search_carriesWhatASearchNeeds() {
        assertThat(new TranslationOptions(5, 3, 0.6, 0.2, 2).search())
                .isEqualTo(new SearchOptions(5, 3, 0.6, 0.2, false));
        assertThat(TranslationOptions.GREEDY.search()).isEqualTo(SearchOptions.GREEDY);
    }
}
