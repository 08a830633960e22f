package dev.dragoman.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairFilterTest {
    private static final PairFilter FILTER = new PairFilter(100, 2, 5, false);

    @ParameterizedTest
    @CsvSource({
        "10, 10, ",
        "10, 25, ",
        "10, 26, LENGTH_RATIO",
        "26, 10, LENGTH_RATIO",
        "1, 7, ",
        "100, 100, ",
        "101, 100, TOO_LONG",
        "100, 101, TOO_LONG",
        "0, 3, EMPTY_SIDE",
        "3, 0, EMPTY_SIDE"
    })
    void rejectLengths_atEveryLimit(int source, int target, SkipReason expected) {
        assertThat(FILTER.rejectLengths(source, target)).isEqualTo(expected);
    }

    @Test
    void rejectText_everyReason() {
        assertThat(FILTER.rejectText(pair("Hello", "Bonjour"))).isNull();
        assertThat(FILTER.rejectText(pair("", "Bonjour"))).isEqualTo(SkipReason.EMPTY_SIDE);
        assertThat(FILTER.rejectText(pair("Hello", " \u3000"))).isEqualTo(SkipReason.EMPTY_SIDE);
        assertThat(FILTER.rejectText(pair("Hel\u0007lo", "Bonjour"))).isEqualTo(SkipReason.CONTROL_CHARACTER);
        assertThat(FILTER.rejectText(pair("GNU", "GNU"))).isEqualTo(SkipReason.IDENTICAL_SIDES);
    }

    @Test
    void none_keepsAllButEmpty() {
        assertThat(PairFilter.NONE.rejectText(pair("GNU", "GNU"))).isNull();
        assertThat(PairFilter.NONE.rejectLengths(1, 30_000)).isNull();
        assertThat(PairFilter.NONE.rejectLengths(0, 1)).isEqualTo(SkipReason.EMPTY_SIDE);
    }

    @Test
    void constructor_namesLimitAndValue() {
        assertThatThrownBy(() -> new PairFilter(0, 2, 0, false))
                .hasMessageContaining("maximumTokens")
                .hasMessageContaining("0");
        assertThatThrownBy(() -> new PairFilter(9, 0.5, 0, false)).hasMessageContaining("0.5");
        assertThatThrownBy(() -> new PairFilter(9, Double.NaN, 0, false)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new PairFilter(9, 2, -1, false)).hasMessageContaining("-1");
    }

    private static SentencePair pair(String source, String target) {
        return new SentencePair(source, target, "", "");
    }
}
