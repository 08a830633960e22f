package dev.dragoman.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.model.layer.PaddedIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class TokenBatchTest {
    private static PaddedIds ids(int first, int... lengths) {
        int[][] sentences = new int[lengths.length][];
        for (int b = 0; b < lengths.length; b++) {
            sentences[b] = new int[lengths[b]];
            Arrays.fill(sentences[b], first + b);
        }
        return PaddedIds.of(sentences, 0);
    }

    private static TokenBatch batch(int... lengths) {
        return new TokenBatch(null, ids(1, lengths), ids(1, lengths));
    }

    private static List<List<Integer>> lengths(List<TokenBatch> parts) {
        return parts.stream()
                .map(part -> Arrays.stream(part.targetInput().lengths()).boxed().toList())
                .toList();
    }

    @Test
    void parts_haveAboutAsManyTokens() {
        assertThat(lengths(batch(9, 1, 1, 1, 1, 1, 1, 1, 1, 1).parts(2)))
                .containsExactly(List.of(9), List.of(1, 1, 1, 1, 1, 1, 1, 1, 1));
        assertThat(lengths(batch(2, 2, 2, 6).parts(2))).containsExactly(List.of(2, 2, 2), List.of(6));
        assertThat(lengths(batch(5, 5, 5).parts(1))).containsExactly(List.of(5, 5, 5));
    }

    /** The source is work too. */
    @Test
    void parts_countTokensOfTheSource() {
        PaddedIds targets = ids(1, 1, 1, 1, 1);
        TokenBatch batch = new TokenBatch(ids(20, 7, 1, 1, 1), targets, targets);
        assertThat(lengths(batch.parts(2))).containsExactly(List.of(1), List.of(1, 1, 1));
    }

    @Test
    void parts_areNeverEmpty() {
        assertThat(lengths(batch(100, 1, 1).parts(3))).containsExactly(List.of(100), List.of(1), List.of(1));
        assertThat(lengths(batch(1, 1, 100).parts(3))).containsExactly(List.of(1), List.of(1), List.of(100));
        assertThat(lengths(batch(4, 3).parts(5))).containsExactly(List.of(4), List.of(3));
    }

    /** All sentences, each once and in order; and no part is more than a sentence away from its share. */
    @RepeatedTest(50)
    void parts_laws(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        int[] lengths = random.ints(1 + random.nextInt(20), 1, 30).toArray();
        int number = 1 + random.nextInt(8);
        TokenBatch batch = batch(lengths);
        List<TokenBatch> parts = batch.parts(number);
        assertThat(parts).hasSize(Math.min(number, lengths.length));
        List<Integer> joined = new ArrayList<>();
        lengths(parts).forEach(joined::addAll);
        assertThat(joined)
                .containsExactlyElementsOf(Arrays.stream(lengths).boxed().toList());
        assertThat(parts.stream().mapToInt(TokenBatch::tokens).sum()).isEqualTo(batch.tokens());
        if (lengths.length >= 4 * number) {
            int longest = Arrays.stream(lengths).max().orElseThrow();
            double share = (double) batch.tokens() / number;
            parts.forEach(
                    part -> assertThat(part.tokens()).isBetween((int) (share - longest), (int) (share + longest) + 1));
        }
    }
}
