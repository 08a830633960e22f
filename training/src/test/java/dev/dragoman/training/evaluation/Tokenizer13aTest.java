package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Tokenizer13aTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Hello, world! | Hello , world !
            1,234.56 | 1,234.56
            2-3 and a-b | 2 - 3 and a-b
            version 2. | version 2 .
            l'option --help | l'option --help
            a/b | a / b
            &quot;x&quot; | " x "
            « oui » | « oui »
            """)
    void tokenize_asTheEvaluationScriptDoes(String text, String expected) {
        assertThat(String.join(" ", Tokenizer13a.tokenize(text))).isEqualTo(expected);
    }
}
