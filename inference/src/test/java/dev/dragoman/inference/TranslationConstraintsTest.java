package dev.dragoman.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TranslationConstraintsTest {
    @Test
    void limits_areToldWithTheirValues() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TranslationConstraints("", Collections.nCopies(101, "a"), List.of()))
                .withMessage("banned must have at most 100 phrases, but has 101");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TranslationConstraints("", List.of(), Collections.nCopies(21, "a")))
                .withMessage("required must have at most 20 phrases, but has 21");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TranslationConstraints("", List.of("a", "b".repeat(101)), List.of()))
                .withMessage("banned[1] must have from 1 to 100 characters and not be blank, but has 101");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TranslationConstraints("", List.of(), List.of(" ")))
                .withMessage("required[0] must have from 1 to 100 characters and not be blank, but has 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TranslationConstraints("a".repeat(1001), List.of(), List.of()))
                .withMessage("prefix must have at most 1000 characters, but has 1001");
    }

    @Test
    void beam_isAsWideAsRequiredPhrasesNeed() {
        TranslationConstraints two = new TranslationConstraints("", List.of(), List.of("a", "b"));
        assertThat(TranslationOptions.GREEDY.withConstraints(two).beamSize()).isEqualTo(16);
        assertThat(TranslationOptions.BEAM_4
                        .withBeam(20, 1)
                        .withConstraints(two)
                        .beamSize())
                .isEqualTo(20);
        TranslationConstraints banned = new TranslationConstraints("A", List.of("a"), List.of());
        assertThat(TranslationOptions.GREEDY.withConstraints(banned).beamSize()).isEqualTo(1);
    }
}
