package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.evaluation.Bleu;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorpusEvaluationTest {
    private final ShoutingTranslator translator = new ShoutingTranslator();

    @Test
    void evaluate_scoresInOrder() {
        CorpusEvaluation.Result result =
                evaluate(List.of(pair("a b c d.", "A B C D."), pair("e f g h", "E F x H")), new ArrayList<>());
        assertThat(result.hypotheses()).containsExactly("A B C D.", "E F G H");
        assertThat(result.bleu())
                .isEqualTo(Bleu.ofCorpus(List.of("A B C D.", "E F G H"), List.of("A B C D.", "E F x H")));
        assertThat(result.chrf().score()).isBetween(50.0, 99.0);
        assertThat(result.tooLong()).isZero();
    }

    @Test
    void evaluate_tooLongIsAnEmptyHypothesis() {
        CorpusEvaluation.Result result =
                evaluate(List.of(pair("1 2 3 4 5 6", "1 2 3 4 5 6"), pair("a", "A")), new ArrayList<>());
        assertThat(result.hypotheses()).containsExactly("", "A");
        assertThat(result.tooLong()).isEqualTo(1);
    }

    @Test
    void evaluate_reportsProgress() {
        List<Integer> done = new ArrayList<>();
        evaluate(Collections.nCopies(1100, pair("a", "A")), done);
        assertThat(done).containsExactly(512, 1024, 1100);
    }

    private CorpusEvaluation.Result evaluate(List<SentencePair> pairs, List<Integer> done) {
        return new CorpusEvaluation(translator, ShoutingTranslator.FRENCH, TranslationOptions.GREEDY)
                .evaluate(pairs, done::add);
    }

    private static SentencePair pair(String source, String target) {
        return new SentencePair(source, target, "", "");
    }
}
