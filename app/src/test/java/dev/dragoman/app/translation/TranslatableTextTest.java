package dev.dragoman.app.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dragoman.app.errors.ServiceException.LimitExceeded;
import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.translation.TextForm.Splitting;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.Translation.Hypothesis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TranslatableTextTest {
    private final FakeTranslator translator = new FakeTranslator("v1", TestServer.EN_FR);

    @Test
    void collect_sentencesWithTheirTokens() {
        assertThat(collect("One here. Two are here.\n\nOne here."))
                .containsExactly(Map.entry("One here.", 2), Map.entry("Two are here.", 3));
    }

    @Test
    void collect_nothingWithoutALetter() {
        assertThat(collect("")).isEmpty();
        assertThat(collect(" \n ")).isEmpty();
        assertThat(collect("12,5 % ... \uD83D\uDE00")).isEmpty();
    }

    @Test
    void collect_partsOfALongSentence() {
        String half = "word ".repeat(FakeTranslator.MAXIMUM_TOKENS - 5).strip();
        assertThat(collect(half + ", " + half)).containsOnlyKeys(half + ",", half);
    }

    @Test
    void of_aWordThatIsTooLong() {
        // The double counts a hyphenated word by its hyphens.
        String word = "x" + "-x".repeat(30);
        assertThatExceptionOfType(LimitExceeded.class)
                .isThrownBy(() ->
                        TranslatableText.of("Short. " + word, "en", Splitting.SENTENCES_AND_LINES, translator, "q[2]"))
                .withMessage("Invalid request: request (31) exceeds text limit (20): tokens of one word of q[2]");
    }

    @Test
    void translated_keepsWhiteSpaceAndUntranslatableSentences() {
        assertThat(translated(
                        "\n One. \t 5.5. \n\n Two. ", 0, Map.of("One.", List.of("Un."), "Two.", List.of("Deux."))))
                .isEqualTo(new TranslatedText("\n Un. \t 5.5. \n\n Deux. ", List.of()));
    }

    @Test
    void translated_putsALongSentenceTogether() {
        String half = "word ".repeat(15).strip();
        assertThat(translated(half + ",\n" + half, 0, Map.of(half + ",", List.of("Mots,"), half, List.of("mots")))
                        .text())
                .isEqualTo("Mots,\nmots");
    }

    @Test
    void translated_alternativesOfOneSentence() {
        assertThat(translated("One.", 2, Map.of("One.", List.of("Un.", "Une.", "L'un."))))
                .isEqualTo(new TranslatedText("Un.", List.of("Une.", "L'un.")));
    }

    @Test
    void translated_alternativesOfSeveralSentences() {
        assertThat(translated(
                        "One. Two.", 2, Map.of("One.", List.of("Un.", "Une."), "Two.", List.of("Deux.", "2.", "II."))))
                .isEqualTo(new TranslatedText("Un. Deux.", List.of("Une. 2.", "Un. II.")));
    }

    @Test
    void translated_dropsAlternativesThatAreNone() {
        assertThat(translated("One.", 3, Map.of("One.", List.of("Un.", "Un.", "Une.", "Une."))))
                .isEqualTo(new TranslatedText("Un.", List.of("Une.")));
    }

    private Map<String, Integer> collect(String text) {
        Map<String, Integer> sentences = new LinkedHashMap<>();
        TranslatableText.of(text, "en", Splitting.SENTENCES_AND_LINES, translator, "q")
                .collect(sentences);
        return sentences;
    }

    private TranslatedText translated(String text, int alternatives, Map<String, List<String>> translations) {
        Map<String, Translation> found = new LinkedHashMap<>();
        translations.forEach((sentence, hypotheses) -> found.put(sentence, translation(hypotheses)));
        return TranslatableText.of(text, "en", Splitting.SENTENCES_AND_LINES, translator, "q")
                .translated(found, alternatives);
    }

    private static Translation translation(List<String> texts) {
        return new Translation(
                texts.stream().map(text -> new Hypothesis(text, 0, 1, false)).toList(), 1);
    }
}
