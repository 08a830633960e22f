package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChrfTest {
    static List<Vectors.Segment> segments() {
        return Vectors.segments();
    }

    static List<Vectors.Corpus> corpora() {
        return Vectors.corpora();
    }

    @ParameterizedTest
    @MethodSource("segments")
    void ofSentence_equalsSacrebleu(Vectors.Segment segment) {
        assertThat(Chrf.ofSentence(segment.hypothesis(), segment.reference()).score())
                .isCloseTo(segment.chrf(), within(1e-9));
    }

    @ParameterizedTest
    @MethodSource("corpora")
    void ofCorpus_equalsSacrebleu(Vectors.Corpus corpus) {
        assertThat(Chrf.ofCorpus(corpus.hypotheses(), corpus.references()).score())
                .isCloseTo(corpus.chrf(), within(1e-9));
    }

    @Test
    void ofCorpus_printsAsSacrebleuDoes() {
        assertThat(Chrf.ofCorpus(List.of("same"), List.of("same")))
                .hasToString(
                        "chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:dragoman(=sacrebleu-2.6.0) = 100.00");
    }

    @Test
    void ofCorpus_listsOfDifferentLength() {
        assertThatThrownBy(() -> Chrf.ofCorpus(List.of("a", "b"), List.of("a")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
