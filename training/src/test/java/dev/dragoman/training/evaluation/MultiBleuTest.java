package dev.dragoman.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Against {@code multi-bleu.perl}, run on the same lines. */
class MultiBleuTest {
    private static final List<String> HYPOTHESES = List.of(
            "the cat sat on the mat .",
            "il a \u00A0 mangé des \u3000 pommes hier soir .",
            "ÉCOLE Normale Supérieure de Paris .");
    private static final List<String> REFERENCES = List.of(
            "the cat is sitting on the mat .", "il a mangé des pommes hier .", "école normale supérieure de Paris .");

    @Test
    void asItStands_asTheScriptDoes() {
        assertThat(score(false).number(2)).isEqualTo("25.06");
        assertThat(score(false).details())
                .isEqualTo("69.6/45.0/17.6/7.1 (BP = 1.000 ratio = 1.095 hyp_len = 23 ref_len = 21)");
    }

    @Test
    void lowerCase_isOfAsciiOnly() {
        assertThat(score(true).number(2)).isEqualTo("40.58");
        assertThat(score(true).details())
                .isEqualTo("78.3/55.0/29.4/21.4 (BP = 1.000 ratio = 1.095 hyp_len = 23 ref_len = 21)");
    }

    @Test
    void withoutACommonFourGram_isZero() {
        MultiBleu metric = new MultiBleu(MultiBleu.asItStands(), false);
        assertThat(metric.score(metric.statistics("a b c x", List.of("a b c y")), Rounding.DOUBLE))
                .isZero();
    }

    private static Score score(boolean lowerCase) {
        return CorpusStatistics.of(new MultiBleu(MultiBleu.asItStands(), lowerCase), HYPOTHESES, List.of(REFERENCES))
                .score();
    }

    @Test
    void signature_doesNotClaimSacrebleu() {
        assertThat(new MultiBleu(MosesTokenizer.named("moses-fr", Abbreviations.NONE), true).signature(2))
                .hasToString("nrefs:2|case:lc|tok:moses-fr|smooth:none|version:dragoman(=multi-bleu.perl)");
    }
}
