package dev.dragoman.app.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dragoman.app.errors.ServiceException.LimitExceeded;
import dev.dragoman.app.translation.ClauseSplitter.Part;
import dev.dragoman.inference.faithful.ProtectedSpans;
import dev.dragoman.inference.faithful.SlottedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClauseSplitterTest {
    /** Four characters are a token. */
    private static int tokens(SlottedText text) {
        return (text.text().length() + 3) / 4;
    }

    @Test
    void split_aShortSentence() {
        assertThat(split("A short sentence.", 5)).containsExactly(part("A short sentence.", 5));
    }

    @Test
    void split_afterAClauseNearTheMiddle() {
        assertThat(texts(split("When the rain had stopped, we went home at last.", 8)))
                .containsExactly("When the rain had stopped,", " ", "we went home at last.");
    }

    @Test
    void split_atTheWordNextToTheMiddle() {
        assertThat(texts(split("aaaa bbbb cccc dddd", 3))).containsExactly("aaaa bbbb", " ", "cccc dddd");
    }

    @Test
    void split_prefersAWordNearTheMiddleToAClauseAtTheEdge() {
        assertThat(texts(split("So, aaaaa bbbbb ccccc ddddd", 5)))
                .containsExactly("So, aaaaa bbbbb", " ", "ccccc ddddd");
    }

    @Test
    void split_afterAWideCommaWithoutWhiteSpace() {
        assertThat(texts(split("\u4e2d\u6587\u4e2d\u6587\uFF0C\u4e2d\u6587\u4e2d\u6587", 2)))
                .containsExactly("\u4e2d\u6587\u4e2d\u6587\uFF0C", "\u4e2d\u6587\u4e2d\u6587");
    }

    @Test
    void split_keepsWhiteSpaceAsItWas() {
        assertThat(split("aaaa \t\n bbbb", 1)).containsExactly(part("aaaa", 1), part(" \t\n ", 0), part("bbbb", 1));
    }

    @Test
    void split_doesNotCutAWord() {
        assertThatExceptionOfType(LimitExceeded.class)
                .isThrownBy(() -> split("short " + "x".repeat(100) + " short", 10))
                .withMessage("Invalid request: request (25) exceeds text limit (10): tokens of one word of q");
    }

    @Test
    void split_oneMegabyteOfOneLetter() {
        assertThatExceptionOfType(LimitExceeded.class).isThrownBy(() -> split("a".repeat(1_000_000), 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {" leading and trailing ", "   ,   ,   ,   ", "a  ", "  a"})
    void split_neverGoesOnForEver(String sentence) {
        try {
            assertThat(String.join("", texts(split(sentence, 1)))).isEqualTo(sentence);
        } catch (LimitExceeded refused) {
            assertThat(tokens(SlottedText.plain(sentence))).isGreaterThan(1);
        }
    }

    @Test
    void split_losesNothing() {
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            String sentence = random.ints(2 + random.nextInt(400), 0, 7)
                    .mapToObj(kind ->
                            List.of("a", "bb", "ccc", " ", "  ", ", ", "; ").get(kind))
                    .collect(Collectors.joining())
                    .strip();
            List<Part> parts = split(sentence, 8);
            assertThat(String.join("", texts(parts))).isEqualTo(sentence);
            assertThat(parts).allSatisfy(part -> assertThat(part.tokens()).isBetween(0, 8));
        }
    }

    @Test
    void split_doesNotCutASlot() {
        SlottedText sentence = ProtectedSpans.ofText("Copy {n, plural, one {# file} other {# files}} now, please.");
        List<Part> parts = new ArrayList<>();
        new ClauseSplitter(ClauseSplitterTest::tokens, 3, "q").split(sentence, parts);
        assertThat(texts(parts)).containsExactly("Copy {n, plural, one {# file} other {# files}} now,", " ", "please.");
    }

    private static Part part(String text, int tokens) {
        return new Part(SlottedText.plain(text), tokens);
    }

    private static List<Part> split(String sentence, int limit) {
        List<Part> parts = new ArrayList<>();
        new ClauseSplitter(ClauseSplitterTest::tokens, limit, "q").split(SlottedText.plain(sentence), parts);
        return parts;
    }

    private static List<String> texts(List<Part> parts) {
        return parts.stream().map(part -> part.text().content()).toList();
    }
}
