package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.TranslationOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SentenceKeyTest {
    @ParameterizedTest
    @ValueSource(strings = {"caf\u00e9 noir", "cafe\u0301 noir", "  caf\u00e9\t noir ", "caf\u00e9  noir"})
    void of_whatATokenizerDoesNotTellApart(String written) {
        assertThat(key(written).sentence()).isEqualTo("caf\u00e9 noir");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {"a b, A b", "a b, ab", "a b, `a\nb`", "a\u00a0b, a b", "\u2460, 1", "a., a"})
    void of_whatMeansSomethingElse(String one, String other) {
        assertThat(key(one)).isNotEqualTo(key(other));
    }

    @Test
    void of_blank() {
        assertThat(key(" \t ").sentence()).isEmpty();
    }

    private static SentenceKey key(String written) {
        return SentenceKey.of("v1", TestServer.EN_FR, TranslationOptions.GREEDY, written);
    }
}
