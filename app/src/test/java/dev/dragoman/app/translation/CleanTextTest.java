package dev.dragoman.app.translation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CleanTextTest {
    static Object[] texts() {
        return new Object[] {
            Arguments.of("", ""),
            Arguments.of("as it is: \u00e9\t\u4e2d\r\n\uD83D\uDE00", "as it is: \u00e9\t\u4e2d\r\n\uD83D\uDE00"),
            Arguments.of("a\0b", "a b"),
            Arguments.of("page\fbreak\u000b", "page break "),
            Arguments.of("\u001b[1mbold\u007f", " [1mbold "),
            Arguments.of("next\u0085line", "next line"),
            Arguments.of("\uD83D", "\uFFFD"),
            Arguments.of("\uDE00\uD83D", "\uFFFD\uFFFD"),
            Arguments.of("a\uD83Db", "a\uFFFDb"),
            Arguments.of("\uD83D\uD83D\uDE00", "\uFFFD\uD83D\uDE00"),
            Arguments.of("\0\uD83D\uDE00", " \uD83D\uDE00"),
            // Direction marks and joiners mean something.
            Arguments.of("\u200e\u200d\u202b", "\u200e\u200d\u202b"),
        };
    }

    @ParameterizedTest
    @MethodSource("texts")
    void of_replacesWhatIsNoText(String text, String clean) {
        assertThat(CleanText.of(text)).isEqualTo(clean);
    }

    @Test
    void of_returnsACleanTextItself() {
        String text = "clean";
        assertThat(CleanText.of(text)).isSameAs(text);
    }
}
