package dev.dragoman.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AbbreviationsTest {
    /** The text with a {@code *} for every period that is part of an abbreviation. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "en|Ask Dr. Who.|Ask Dr* Who.",
                "en|See e.g. this, i.e. that.|See e*g* this, i*e* that.",
                "en|E.g. this, e. g. that, e.\u00A0g.\u202Fmore|E*g* this, e* g* that, e*\u00A0g*\u202Fmore",
                "en|No. 5 is, No. It|No* 5 is, No. It",
                "en|at 5 p.m. The|at 5 p*m. The",
                "en|a drawer. The Mr.|a drawer. The Mr*",
                "en|Xdr. foo.dr. _dr. -Dr. x|Xdr. foo.dr. _dr. -Dr. x",
                "de|z. B., z.B. und Z.\u00A0B. d. h.|z* B*, z*B* und Z*\u00A0B* d* h*",
                "de|u. a. m. Dann u. a. Wien|u* a* m. Dann u* a* Wien",
                "de|300 v. Chr. Danach|300 v* Chr. Danach",
                "fr|M. Dupont, c.-à-d. Mme. X|M* Dupont, c*-à-d* Mme* X",
                "fr|Par ex. l'art. 5|Par ex* l'art* 5",
                "xx|Dr. Who, e.g. this|Dr. Who, e.g. this",
            })
    void periodsIn_marksAbbreviations(String language, String text, String marked) {
        StringBuilder result = new StringBuilder(text);
        IntStream periods = Abbreviations.of(language).periodsIn(text).stream();
        periods.forEach(i -> result.setCharAt(i, '*'));

        assertThat(result).hasToString(marked);
    }

    @Test
    void of_unknownLanguageHasNone() {
        assertThat(Abbreviations.of("").periodsIn("Dr.")).isEqualTo(new BitSet());
    }
}
