package dev.dragoman.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {
    @Test
    void of_whatIsVisibleStays() {
        assertThat(PlainText.of("Grüße, 世界 \uD83D\uDE00 שלום </script>"))
                .isEqualTo("Grüße, 世界 \uD83D\uDE00 שלום </script>");
    }

    @Test
    void of_controlsAreShown() {
        assertThat(PlainText.of("a\u0000b\tc\nd\u007f")).isEqualTo("a\u2400b\u2409c\u240Ad\u2421");
        assertThat(PlainText.of("a\u202Eb\u2067c\u2028d\u0085e")).isEqualTo("a\uFFFDb\uFFFDc\uFFFDd\uFFFDe");
    }

    @Test
    void of_halfACharacter() {
        assertThat(PlainText.of("a\uD83Db")).isEqualTo("a\uFFFDb");
    }

    @Test
    void of_longTextEnds() {
        assertThat(PlainText.of("x".repeat(1000))).hasSize(1000).doesNotContain("…");
        assertThat(PlainText.of("x".repeat(5000))).hasSize(1001).endsWith("x…");
    }
}
