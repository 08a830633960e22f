package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.training.data.SentencePair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorpusTranslationTest {
    private final ShoutingTranslator translator = new ShoutingTranslator();

    @Test
    void translate_inOrder() {
        CorpusTranslation.Result result =
                translate(List.of(pair("a b c d.", "x"), pair("e f g h", "y")), new ArrayList<>());
        assertThat(result.hypotheses()).containsExactly("A B C D.", "E F G H");
        assertThat(result.tooLong()).isZero();
    }

    @Test
    void translate_tooLongIsAnEmptyHypothesis() {
        CorpusTranslation.Result result =
                translate(List.of(pair("1 2 3 4 5 6", "1 2 3 4 5 6"), pair("a", "A")), new ArrayList<>());
        assertThat(result.hypotheses()).containsExactly("", "A");
        assertThat(result.tooLong()).isEqualTo(1);
    }

    @Test
    void translate_lineFeedsDoNotShiftTheOutput() {
        CorpusTranslation.Result result = translate(List.of(pair("a\nb", "x"), pair("c", "y")), new ArrayList<>());
        assertThat(result.hypotheses()).containsExactly("A B", "C");
    }

    @Test
    void translate_reportsProgress() {
        List<Integer> done = new ArrayList<>();
        translate(Collections.nCopies(1100, pair("a", "A")), done);
        assertThat(done).containsExactly(512, 1024, 1100);
    }

    private CorpusTranslation.Result translate(List<SentencePair> pairs, List<Integer> done) {
        return new CorpusTranslation(translator, ShoutingTranslator.FRENCH, TranslationOptions.GREEDY)
                .translate(pairs, done::add);
    }

    private static SentencePair pair(String source, String target) {
        return new SentencePair(source, target, "", "");
    }
}
