package dev.dragoman.app.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WholeTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "One. Two.", "  One. ", "\tOne"})
    void join_isTheText(String text) {
        WholeText whole = new WholeText(text);
        assertThat(whole.join(whole.sentences())).isEqualTo(text);
    }

    @Test
    void sentences_areOneOrNone() {
        assertThat(new WholeText(" One. Two. ").sentences()).containsExactly("One. Two.");
        assertThat(new WholeText(" ").sentences()).isEmpty();
    }

    @Test
    void join_anotherNumber() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WholeText("One.").join(List.of("a", "b")))
                .withMessage("2 strings for 1 sentences");
    }
}
