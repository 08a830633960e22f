package dev.dragoman.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SentenceSetTest {
    /** Far more than the first table holds, a third of them met before. */
    @Test
    void add_agreesWithASetOfStrings() {
        Random random = new Random(6);
        SentenceSet sentences = new SentenceSet();
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            String sentence = "Satz " + random.nextInt(50_000) + " straße";
            assertThat(sentences.add(sentence)).isEqualTo(expected.add(sentence));
        }
        assertThat(expected).hasSizeBetween(30_000, 33_000);
    }

    @Test
    void add_tellsApartWhatLooksAlike() {
        SentenceSet sentences = new SentenceSet();
        for (String sentence : new String[] {"", " ", "a", "A", "a ", "ab", "ba", "a\u0301", "\u00e1"}) {
            assertThat(sentences.add(sentence)).as(sentence).isTrue();
            assertThat(sentences.add(sentence)).as(sentence).isFalse();
        }
    }
}
