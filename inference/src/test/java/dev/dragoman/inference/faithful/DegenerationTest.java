package dev.dragoman.inference.faithful;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.inference.Translation.Hypothesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DegenerationTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "It was very, very, very good. | C'\u00e9tait tr\u00e8s, tr\u00e8s, tr\u00e8s bien. | none",
                "It was good. | C'\u00e9tait tr\u00e8s, tr\u00e8s, tr\u00e8s bien. | none",
                "It was good. | C'\u00e9tait tr\u00e8s, tr\u00e8s, tr\u00e8s, tr\u00e8s bien. | REPEATED",
                "No, no, no, no! | Non, non, non, non ! | none",
                "Version 3 of the Licence. | la version 3 de la Licence, la version 3 de la Licence, soit la version 3 de la Licence, soit la version 3 de la Licence, soit la version 3 | REPEATED",
                "Aha. | Ahahahahahahahahahahahahahahahaha. | REPEATED",
                "Aha. | Donaudampfschifffahrtsgesellschaft | none",
                "Once more. | \u518d\u6765\u518d\u6765\u518d\u6765\u518d\u6765 | REPEATED",
                "Once more. | \u518d\u6765\u4e00\u6b21 | none",
                "Yes. | ... | EMPTY",
                "12. | 12. | none",
            })
    void of(String source, String target, Degeneration expected) {
        assertThat(Degeneration.of(source, 8, new Hypothesis(target, -1, 8, false)))
                .isEqualTo(expected);
    }

    @Test
    void of_whatDoesNotEnd() {
        assertThat(Degeneration.of("Yes.", 2, new Hypothesis("Oui", -1, 8, true)))
                .isEqualTo(Degeneration.TRUNCATED);
    }

    @Test
    void of_aFractionOfTheSource() {
        assertThat(Degeneration.of("a b", 60, new Hypothesis("Oui", -1, 9, false)))
                .isEqualTo(Degeneration.SHORT);
        assertThat(Degeneration.of("a b", 60, new Hypothesis("Oui", -1, 10, false)))
                .isNull();
        assertThat(Degeneration.of("a b", 15, new Hypothesis("Oui", -1, 2, false)))
                .isNull();
    }
}
