package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class BleuTest {
    /** Papineni et al. 2002, example 2: the word is in the hypothesis seven times, but only two of them count. */
    @Test
    void counts_areClipped() {
        double[] sums = Bleu.DEFAULT.statistics("the the the the the the the", List.of("the cat is on the mat"));
        assertThat(Bleu.DEFAULT.breakdown(sums, Rounding.DOUBLE).precisions().get(0))
                .isCloseTo(200.0 / 7, within(1e-12));
    }

    /** An n-gram counts as often as in the reference that has it most often, not as often as in all together. */
    @Test
    void counts_areClippedByTheBestReference() {
        double[] sums = Bleu.DEFAULT.statistics("a a a b", List.of("a a c d", "a b c d"));
        assertThat(Bleu.DEFAULT.breakdown(sums, Rounding.DOUBLE).precisions().get(0))
                .isCloseTo(75, within(1e-12));
    }

    @Test
    void length_isThatOfTheNearestReference() {
        double[] sums = Bleu.DEFAULT.statistics("a b c", List.of("a b c d e", "a b c d", "a b"));
        assertThat(Bleu.DEFAULT.breakdown(sums, Rounding.DOUBLE).referenceWords())
                .isEqualTo(2);
    }

    @Test
    void ofCorpus_printsAsSacrebleuDoes() {
        assertThat(Bleu.ofCorpus(List.of("a b c d e f"), List.of("a b c d e g h")))
                .hasToString(
                        "BLEU|nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:dragoman(=sacrebleu-2.6.0) = 64.32"
                                + " 83.3/80.0/75.0/66.7 (BP = 0.846 ratio = 0.857 hyp_len = 6 ref_len = 7)");
    }

    @Test
    void ofCorpus_listsOfDifferentLength() {
        assertThatThrownBy(() -> Bleu.ofCorpus(List.of("a", "b"), List.of("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 and 1");
        assertThatThrownBy(() -> Bleu.ofCorpus(List.of(), List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
