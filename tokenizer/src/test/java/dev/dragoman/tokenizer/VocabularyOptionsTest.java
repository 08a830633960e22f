package dev.dragoman.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyOptionsTest {
    private final VocabularyOptions options = VocabularyOptions.ofSize(8000);

    @Test
    void with_changesOneOption() {
        assertThat(options.withControlPieces(List.of("<2fr>")).withThreads(2).withMaximumSentences(10))
                .isEqualTo(new VocabularyOptions(8000, List.of("<2fr>"), 2, 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2fr", "<2fr", "<a,b>", "<>", "<a b>", "<pad>", "<s>", "<unk>", "</s>"})
    void controlPieces_areMarksOtherThanTheSpecialOnes(String piece) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withControlPieces(List.of(piece)))
                .withMessageContaining("'" + piece + "'");
    }

    @Test
    void limits() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> VocabularyOptions.ofSize(299))
                .withMessage("size must be 300 to 1000000 pieces, not 299");
        assertThatIllegalArgumentException().isThrownBy(() -> VocabularyOptions.ofSize(1_000_001));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withControlPieces(List.of("<a>", "<a>")))
                .withMessageContaining("twice");
        assertThatIllegalArgumentException().isThrownBy(() -> options.withThreads(0));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withMaximumSentences(-1));
    }
}
