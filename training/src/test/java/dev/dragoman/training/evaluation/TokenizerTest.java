package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            13a  | Hello, world!          | Hello , world !
            13a  | 1,234.56               | 1,234.56
            13a  | 2-3 and a-b            | 2 - 3 and a-b
            13a  | version 2.             | version 2 .
            13a  | l'option --help        | l'option --help
            13a  | a/b                    | a / b
            13a  | &quot;x&quot;          | " x "
            13a  | « oui »                | « oui »
            intl | 1,234.56 „ja“, 5.      | 1,234.56 „ ja “ , 5.
            intl | a؝b 1🥹2 x𑽐,𑽐y         | a ؝ b 1 🥹 2 x𑽐,𑽐y
            zh   | 中文ABC,1.5 元。       | 中 文 ABC , 1.5 元 。
            zh   | “x” x\u2A6Dx\u2A6Ex       | “ x ” x \u2A6D x\u2A6Ex
            char | ab 🙂                  | a b 🙂
            none | a,b  c.                | a,b c.
            """)
    void tokenize_asTheOriginalDoes(String tokenizer, String text, String expected) {
        assertThat(String.join(" ", WordTokenizer.named(tokenizer).tokenize(text)))
                .isEqualTo(expected);
    }

    @Test
    void named_unknown() {
        assertThatThrownBy(() -> WordTokenizer.named("14a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no tokeniser '14a'; there are 13a, char, intl, none, zh");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            moses-en | It's Dr. Meier's cat, isn't it?   | It 's Dr. Meier 's cat , isn 't it ?
            moses-en | No. 5 is No. X, etc. and so on... | No. 5 is No . X , etc. and so on ...
            moses-fr | L'eau (fraîche) d'ici.            | L' eau ( fraîche ) d' ici .
            moses-de | Das geht's, z.B. bei 1,5 %.       | Das geht ' s , z.B. bei 1,5 % .
            """)
    void moses_asTheOriginalDoes(String name, String text, String expected) {
        Abbreviations abbreviations = Abbreviations.parse(List.of("# titles", "Dr", "", "No #NUMERIC_ONLY#"));
        assertThat(String.join(" ", MosesTokenizer.named(name, abbreviations).tokenize(text)))
                .isEqualTo(expected);
    }

    @Test
    void moses_withoutAbbreviations() {
        MosesTokenizer tokenizer = MosesTokenizer.named("moses-en", Abbreviations.NONE);
        assertThat(tokenizer.tokenize("Dr. Meier")).containsExactly("Dr", ".", "Meier");
        assertThat(tokenizer.name()).isEqualTo("moses-en");
        assertThatThrownBy(() -> MosesTokenizer.named("moses-xx", Abbreviations.NONE))
                .hasMessageContaining("moses-de, moses-en, moses-fr");
    }
}
