package dev.dragoman.training.preparation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageCheckTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            en | de | The session is open.            | Die Sitzung ist eröffnet.            | true
            en | de | Die Sitzung ist eröffnet.       | The session is open.                 | false
            en | de | The session is open.            | The session was open again.          | false
            en | de | Die Sitzung ist geschlossen.    | Die Sitzung ist eröffnet.            | false
            en | de | Barack Obama visits Berlin      | Barack Obama besucht Berlin          | true
            en | de | New York Times                  | New York Times                       | true
            en | fr | The session is open.            | La séance est ouverte.               | true
            en | fr | The session is open.            | The session was open again.          | false
            fr | de | La séance est ouverte.          | Die Sitzung ist eröffnet.            | true
            fr | de | La séance est ouverte.          | Les députés sont dans la salle.      | false
            en | sv | The session is open now.        | Sammanträdet är nu öppnat igen.      | true
            en | sv | The session is open now.        | The session was open again.          | false
            """)
    void accepts_bothSidesInTheirLanguages(
            String first, String second, String source, String target, boolean accepted) {
        assertThat(new LanguageCheck(first, second).accepts(source, target)).isEqualTo(accepted);
    }

    @Test
    void languageThatNobodyKnows_isNamed() {
        assertThatThrownBy(() -> new LanguageCheck("en", "zz"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("preparation.cleaning.language must be false for texts in 'zz'");
    }
}
