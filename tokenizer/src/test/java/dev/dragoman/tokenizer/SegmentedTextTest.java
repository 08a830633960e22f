package dev.dragoman.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentedTextTest {
    private final SegmentedText text = new SegmentedText(List.of("One.", "Two."), List.of(" ", "\r\n\t", "\n"));

    @Test
    void join_putsTranslationsInPlace() {
        assertThat(text.join(List.of("Un.", "Deux."))).isEqualTo(" Un.\r\n\tDeux.\n");
        assertThat(new SegmentedText(List.of(), List.of(" \n")).join(List.of())).isEqualTo(" \n");
    }

    @Test
    void join_refusesOtherNumber() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> text.join(List.of("Un.")))
                .withMessage("1 strings for 2 sentences");
    }

    @Test
    void constructor_refusesOtherNumberOfSpaces() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SegmentedText(List.of("One."), List.of("")))
                .withMessageContaining("2 places");
    }

    @Test
    void constructor_copies() {
        List<String> sentences = new ArrayList<>(List.of("One."));
        SegmentedText copy = new SegmentedText(sentences, List.of("", ""));
        sentences.set(0, "changed");
        assertThat(copy.sentences()).containsExactly("One.");
    }
}
