package dev.dragoman.app.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dragoman.app.errors.ServiceException.LimitExceeded;
import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.translation.TextForm.Splitting;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.faithful.FaithfulTranslation;
import dev.dragoman.inference.faithful.FaithfulTranslation.Hypothesis;
import dev.dragoman.inference.faithful.ProtectedSpans;
import dev.dragoman.inference.faithful.Rendering;
import dev.dragoman.inference.faithful.SlottedText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                .isThrownBy(() -> text("Short. " + word))
                .withMessage("Invalid request: request (31) exceeds text limit (20): tokens of one word of q");
    }

    @Test
    void translated_keepsWhiteSpaceAndUntranslatableSentences() {
        assertThat(translated(
                        "\n One. \t 5.5. \n\n Two. ", 0, Map.of("One.", List.of("Un."), "Two.", List.of("Deux."))))
                .isEqualTo(new TranslatedText("\n Un. \t 5.5. \n\n Deux. ", List.of(), false));
    }

    @Test
    void translated_putsALongSentenceTogether() {
        String half = "word ".repeat(15).strip();
        assertThat(translated(half + ",\n" + half, 0, Map.of(half + ",", List.of("Mots,"), half, List.of("mots")))
                        .text())
                .isEqualTo("Mots,\nmots");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- |One.|\n- |One.|\n\n  * |One.|\n",
                "1. |One.|\r\n12) |One.|\r\n(a) |One.|\tb) |One.|",
                "\u2022 |One.|\n\u2013 |One.|\n- [x] |One.|",
                "## |One.|\n> > |One.|\n\n\n> - |One.|",
                "\t|One.| \t |One.|      |One.|\u00A0\n \u00A0",
                "1.2.3. |One.|\f\u2028|One.|\u0085",
                "12:30. |One.|\n",
            })
    void translated_keepsMarkersAndWhiteSpace(String text) {
        assertThat(translated(text.replace("|", ""), 0, Map.of("One.", List.of("Un.")))
                        .text())
                .isEqualTo(text.replace("|One.|", "Un."));
    }

    @Test
    void translated_keepsColumns() {
        assertThat(translated(
                                "Name\tSize here    Date",
                                0,
                                Map.of("Name", List.of("Nom"), "Size here", List.of("Taille"), "Date", List.of("Jour")))
                        .text())
                .isEqualTo("Nom\tTaille    Jour");
    }

    @Test
    void collect_aMessageWithLinesInItIsOneSentence() {
        assertThat(collect("Got {n, plural,\n  one {# file. It is new}\n  other {# files}\n}! Then?"))
                .containsOnlyKeys("Got {n, plural,\n  one {# file. It is new}\n  other {# files}\n}!", "Then?");
    }

    @Test
    void translated_alternativesOfOneSentence() {
        assertThat(translated("One.", 2, Map.of("One.", List.of("Un.", "Une.", "L'un."))))
                .isEqualTo(new TranslatedText("Un.", List.of("Une.", "L'un."), false));
    }

    @Test
    void translated_alternativesOfSeveralSentences() {
        assertThat(translated(
                        "One. Two.", 2, Map.of("One.", List.of("Un.", "Une."), "Two.", List.of("Deux.", "2.", "II."))))
                .isEqualTo(new TranslatedText("Un. Deux.", List.of("Une. 2.", "Un. II."), false));
    }

    @Test
    void translated_dropsAlternativesThatAreNone() {
        assertThat(translated("One.", 3, Map.of("One.", List.of("Un.", "Un.", "Une.", "Une."))))
                .isEqualTo(new TranslatedText("Un.", List.of("Une."), false));
    }

    private Map<String, Integer> collect(String text) {
        Map<SlottedText, Integer> sentences = new LinkedHashMap<>();
        text(text).collect(sentences);
        Map<String, Integer> contents = new LinkedHashMap<>();
        sentences.forEach((sentence, tokens) -> contents.put(sentence.content(), tokens));
        return contents;
    }

    private TranslatedText translated(String text, int alternatives, Map<String, List<String>> translations) {
        Map<SlottedText, FaithfulTranslation> found = new LinkedHashMap<>();
        translations.forEach((sentence, hypotheses) ->
                found.put(ProtectedSpans.ofSentence(sentence), translation(sentence, hypotheses)));
        return text(text).translated(found, alternatives);
    }

    private TranslatableText text(String text) {
        return TranslatableText.of(
                SlottedText.plain(text),
                "en",
                TextEncoding.PLAIN,
                Splitting.SENTENCES_AND_LINES,
                translator,
                new ClauseSplitter(
                        sentence -> translator.countTokens(sentence.content()), translator.maximumSourceTokens(), "q"));
    }

    private static FaithfulTranslation translation(String sentence, List<String> texts) {
        SlottedText source = ProtectedSpans.ofSentence(sentence);
        return new FaithfulTranslation(
                texts.stream()
                        .map(text -> new Hypothesis(
                                Objects.requireNonNull(Rendering.AS_IT_IS.parse(
                                        source, new Translation.Hypothesis(text, 0, 1, false))),
                                0))
                        .toList(),
                false,
                1);
    }
}
