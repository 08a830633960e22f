package dev.dragoman.training.preparation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {
    @Test
    void of_whiteSpaceOfAllKinds_becomesSingleSpaces() {
        assertThat(PlainText.of(" a\t\tb\u00A0c\u2028d\u0085e\u200Bf\u3000g\uFEFF\r"))
                .isEqualTo("a b c d e f g");
        assertThat(PlainText.of(" \u00A0 ")).isEmpty();
    }

    @Test
    void of_softHyphens_areDropped() {
        assertThat(PlainText.of("Donau\u00ADdampf")).isEqualTo("Donaudampf");
    }

    @Test
    void of_decomposedCharacters_areComposed() {
        assertThat(PlainText.of("Ko\u0308ln")).isEqualTo("K\u00F6ln");
    }

    @Test
    void of_characterReferences_areResolvedOnce() {
        assertThat(PlainText.of("R&amp;D &lt;b&gt; &quot;x&quot; &apos;y&apos; &#233;&#xE9; a&nbsp;b &amp;amp;"))
                .isEqualTo("R&D <b> \"x\" 'y' \u00E9\u00E9 a b &amp;");
    }

    @Test
    void of_whatIsNoReference_stays() {
        assertThat(PlainText.of("AT&T, Q&A; &unknown; &#99999999; &#xD800; &#x110000; $1 \\"))
                .isEqualTo("AT&T, Q&A; &unknown; &#99999999; &#xD800; &#x110000; $1 \\");
    }
}
