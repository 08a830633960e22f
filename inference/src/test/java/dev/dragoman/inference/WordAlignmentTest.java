package dev.dragoman.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordAlignmentTest {
    private static final List<String> PIECES = List.of("\u2581a", "b", "\u2581c", "d", "\u2581e");

    @Test
    void of_sumsOverThePiecesOfWords() {
        // Source "ab cd e" behind a prefix of one id, target "e abd"; the end symbol attends too.
        float[][] attention = {
            {0.9f, 0, 0, 0, 0, 0.1f},
            {0, 0.2f, 0.2f, 0.3f, 0, 0.3f},
            {0, 0.2f, 0.2f, 0, 0.3f, 0.3f},
            {0, 0, 0, 0, 0.6f, 0.4f},
            {0, 0, 0, 0, 0, 1}
        };
        assertThat(WordAlignment.of(PIECES::get, new int[] {0, 1, 2, 3, 4}, new int[] {4, 0, 1, 3}, attention, 1))
                .containsExactly(2, 1);
    }

    @Test
    void of_beginsWithAWordWhateverItsFirstPiece() {
        assertThat(WordAlignment.of(PIECES::get, new int[] {1}, new int[] {1, 3, 2}, new float[][] {{1}, {1}, {1}}, 0))
                .containsExactly(0, 0);
    }

    @Test
    void of_nothing() {
        assertThat(WordAlignment.of(PIECES::get, new int[] {0}, new int[0], new float[][] {{1}}, 0))
                .isEmpty();
    }
}
