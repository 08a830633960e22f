package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against Python 3.11. */
class LowerCaseTest {
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            ΟΔΥΣΣΕΥΣ, οδυσσευς
            Σ,        σ
            ΑΣ.Β,     ασ.β
            Α.Σ,      α.ς
            ΑΣ'Β,     ασ'β
            1Σ,       1σ
            AΣ 1,     aς 1
            ΑΣ\u0301Β, ασ\u0301β
            A\u00ADΣ,  a\u00ADς
            İ,        i\u0307
            ẞǅⅧⓐⒶ,    ßǆⅷⓐⓐ
            Ⱟ𐕰𐕼,      ⱟ𐖗𐖣
            𝐀,        𝐀
            """)
    void of_asPythonDoes(String text, String expected) {
        assertThat(LowerCase.of(text)).isEqualTo(expected);
    }
}
