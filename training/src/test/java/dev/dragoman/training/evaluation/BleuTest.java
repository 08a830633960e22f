package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BleuTest {
    static List<Vectors.Segment> segments() {
        return Vectors.segments();
    }

    static List<Vectors.Corpus> corpora() {
        return Vectors.corpora();
    }

    @Test
    void vectors_areThere() {
        assertThat(segments()).hasSizeGreaterThan(200);
        assertThat(corpora()).hasSizeGreaterThan(8);
    }

    @ParameterizedTest
    @MethodSource("segments")
    void ofSentence_equalsSacrebleu(Vectors.Segment segment) {
        assertThat(Bleu.ofSentence(segment.hypothesis(), segment.reference()).score())
                .isCloseTo(segment.bleu(), within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("corpora")
    void ofCorpus_equalsSacrebleu(Vectors.Corpus corpus) {
        BleuScore score = Bleu.ofCorpus(corpus.hypotheses(), corpus.references());
        assertThat(score.score()).isCloseTo(corpus.bleu(), within(1e-9));
        assertThat(score.brevityPenalty()).isCloseTo(corpus.brevityPenalty(), within(1e-12));
        assertThat(score.hypothesisWords()).isEqualTo(corpus.hypothesisWords());
        assertThat(score.referenceWords()).isEqualTo(corpus.referenceWords());
        for (int n = 0; n < 4; n++) {
            assertThat(score.precisions().get(n)).isCloseTo(corpus.precisions().get(n), within(1e-9));
        }
    }

    /** Papineni et al. 2002, example 2: the word is in the hypothesis seven times, but only two of them count. */
    @Test
    void ofCorpus_countsAreClipped() {
        BleuScore score = Bleu.ofCorpus(List.of("the the the the the the the"), List.of("the cat is on the mat"));
        assertThat(score.precisions().get(0)).isCloseTo(200.0 / 7, within(1e-12));
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
