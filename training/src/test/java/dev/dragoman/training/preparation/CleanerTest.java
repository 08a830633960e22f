package dev.dragoman.training.preparation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.training.data.HashSet64;
import dev.dragoman.training.data.SkipReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CleanerTest {
    private static final Preparation.Cleaning LIMITS =
            new Preparation.Cleaning(10, 80, 2, 10, 0.5, true, true, true, true);

    private static Cleaner cleaner(Preparation.Cleaning limits) {
        HashSet64 heldOut = new HashSet64();
        heldOut.add(Cleaner.hash("This is held out.", "Das ist ausgenommen."));
        return new Cleaner(limits, limits.language() ? new LanguageCheck("en", "de") : null, heldOut);
    }

    private static SkipReason reason(String source, String target) {
        return cleaner(LIMITS).clean(new RawPair(source, target)).reason();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
            The house is old.            | Das Haus ist alt.               | null
            The house &amp; the garden.  | Das Haus &amp; der Garten.      | null
            OK                           | In Ordnung                      | null
            3 < 5 is true for them > all | 3 < 5 ist wahr und nicht > alle | null
            The \uFFFD house.            | Das Haus.                       | NOT_UTF8
            The house.                   | Das Haus von Köln \uFFFD.       | NOT_UTF8
            The house of Cologne.        | Das Haus in KÃ¶ln.              | GARBLED
            The Â\u00A0house.            | Das Haus.                       | GARBLED
            The house.                   | Das â€žHausâ€œ.                  | GARBLED
            null                         | Das Haus.                       | MISSING_COLUMN
            The house.                   | null                            | MISSING_COLUMN
            '\u00A0'                     | Das Haus.                       | EMPTY_SIDE
            The house.                   | ''                              | EMPTY_SIDE
            The \u0007house.             | Das Haus.                       | CONTROL_CHARACTER
            The <b>house</b>.            | Das Haus.                       | MARKUP
            The house.                   | Das &lt;br /&gt; Haus.          | MARKUP
            The house.                   | Das Haus.</p>                   | MARKUP
            <!-- house --> The house.    | Das Haus.                       | MARKUP
            New York                     | New&nbsp;York                   | IDENTICAL_SIDES
            a b c d e f g h i j k        | Das ist ein ganz anderer Satz.  | TOO_LONG
            The house and the garden.    | Hausundgartenundhausundgartenundhausundgartenundhausundgartenundhausundgartenundhaus | TOO_LONG
            The house.                   | Das Haus ist alt und grau.      | null
            The house.                   | Das Haus ist alt und grau, sagt man. | LENGTH_RATIO
            Das Haus ist alt und grau, sagt man. | The house.              | LENGTH_RATIO
            12.5 (3) x                   | 12,5 (3) y                      | FEW_LETTERS
            The house.                   | +++ 12 +++                      | FEW_LETTERS
            This is held out.            | Das ist  ausgenommen.           | HELD_OUT
            The house is old.            | The house was old.              | OTHER_LANGUAGE
            Das Haus war alt und grau.   | Das Haus ist alt und grau.      | OTHER_LANGUAGE
            """)
    void clean_everyReason(String source, String target, SkipReason expected) {
        assertThat(reason(unescaped(source), unescaped(target))).isEqualTo(expected);
    }

    private static String unescaped(String text) {
        return text == null ? null : text.translateEscapes();
    }

    @Test
    void clean_keepsThePlainText() {
        Cleaner.Cleaned pair =
                cleaner(LIMITS).clean(new RawPair("  The\u00A0house  is old.", "Das Haus ist &quot;alt&quot;."));
        assertThat(pair.source()).isEqualTo("The house is old.");
        assertThat(pair.target()).isEqualTo("Das Haus ist \"alt\".");
        assertThat(pair.hash()).isEqualTo(Cleaner.hash(pair.source(), pair.target()));
    }

    @Test
    void clean_whatIsSwitchedOff_isKept() {
        Cleaner lax = cleaner(new Preparation.Cleaning(10, 80, 1000, 0, 0, false, false, false, false));
        assertThat(lax.clean(new RawPair("<b>The</b> house", "x")).reason()).isNull();
        assertThat(lax.clean(new RawPair("New York", "New York")).reason()).isNull();
        assertThat(lax.clean(new RawPair("12", "13")).reason()).isNull();
        assertThat(lax.clean(new RawPair("The house is old.", "The house was old."))
                        .reason())
                .isNull();
    }
}
