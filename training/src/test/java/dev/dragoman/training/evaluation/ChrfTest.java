package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChrfTest {
    @Test
    void ofCorpus_printsAsSacrebleuDoes() {
        assertThat(Chrf.ofCorpus(List.of("same"), List.of("same")))
                .hasToString(
                        "chrF2|nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:dragoman(=sacrebleu-2.6.0) = 100.00");
    }

    @Test
    void name_tellsBetaAndWords() {
        assertThat(new Chrf(6, 2, 3, false, false).name()).isEqualTo("chrF3++");
    }

    @Test
    void characters_areCodePoints() {
        double[] statistics = Chrf.DEFAULT.statistics("🙂🙃", List.of("🙂🙃"));
        assertThat(statistics).startsWith(2, 2, 2, 1, 1, 1, 0, 0, 0);
    }

    @Test
    void ofCorpus_listsOfDifferentLength() {
        assertThatThrownBy(() -> Chrf.ofCorpus(List.of("a", "b"), List.of("a")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
