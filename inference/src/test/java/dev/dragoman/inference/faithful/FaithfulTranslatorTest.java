package dev.dragoman.inference.faithful;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationConstraints;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.faithful.Rung.Cut;
import dev.dragoman.inference.phrase.Glossary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FaithfulTranslatorTest {
    private static final Ladder LADDER = new Ladder(List.of(
            new Rung(Cut.NOWHERE, Rendering.AS_IT_IS, false),
            new Rung(Cut.NOWHERE, Rendering.PERCENT, true),
            new Rung(Cut.CLAUSES, Rendering.PERCENT, true),
            new Rung(Cut.SLOTS, Rendering.AS_IT_IS, false)));

    private final List<Map<String, Integer>> asked = new ArrayList<>();
    private final FaithfulTranslator translator = new FaithfulTranslator(text -> text.split("\\s+").length, 50, LADDER);

    @Test
    void translate_onceWhereAllArrives() {
        assertThat(shown("Copy %s to 5 files.", sentence -> "Copier %s vers 5 fichiers."))
                .isEqualTo("Copier %s vers 5 fichiers. (1)");
        assertThat(asked).containsExactly(Map.of("Copy %s to 5 files.", 5));
    }

    @Test
    void translate_withStandInsWhereOneIsLost() {
        assertThat(shown(
                        "Copy %s to 1,000.5 files.",
                        sentence -> sentence.contains("%1")
                                ? "Copier %1 vers %2 fichiers."
                                : "Copier %s vers 1 000,5 fichiers."))
                .isEqualTo("Copier %s vers 1,000.5 fichiers. (2)");
        assertThat(asked.get(1)).containsExactly(Map.entry("Copy %1 to %2 files.", 5));
    }

    @Test
    void translate_takesTheHypothesisThatHasAll() {
        assertThat(shown(
                        "Copy %s now.",
                        sentence ->
                                sentence.contains("%1") ? "Copiez.\nCopier %1 %1.\nCopier %1 maintenant." : "Copiez."))
                .isEqualTo("Copier %s maintenant. (2)");
    }

    @Test
    void translate_aroundWhatIsLostAllTheSame() {
        assertThat(shown(
                        "Copy %s to (1,000.5) files.",
                        sentence -> sentence.equals("Copy")
                                ? "Copier"
                                : sentence.equals("to") ? "vers" : sentence.equals("files") ? "fichiers" : "Rien."))
                .isEqualTo("Copier %s vers (1,000.5) fichiers. (3)");
    }

    @Test
    void translate_leavesWhatAModelWillNotTranslateWithoutAddingToIt() {
        assertThat(shown("Copy %s to 5 files.", sentence -> sentence + " 5 %s")).isEqualTo("Copy %s to 5 files. (3!)");
    }

    @Test
    void translate_keepsTheOrderOfWhatIsFilledByItsPlace() {
        assertThat(shown(
                        "Replace %s with %d.",
                        sentence -> sentence.contains("%1")
                                ? "Durch %2 ersetzen: %1.\nErsetze %1 durch %2."
                                : "Durch %d ersetzen: %s."))
                .isEqualTo("Ersetze %s durch %d. (2)");
        assertThat(shown("Replace %1$s with %2$d.", sentence -> "Durch %2$d ersetzen: %1$s."))
                .isEqualTo("Durch %2$d ersetzen: %1$s. (1)");
    }

    @Test
    void translate_aLoopAgainAndInClauses() {
        String source = "When the first thing is done, then the second thing begins.";
        assertThat(shown(
                        source,
                        sentence -> sentence.equals(source)
                                ? "et puis et puis et puis et puis"
                                : sentence.startsWith("When") ? "Quand c'est fait," : "la suite commence."))
                .isEqualTo("Quand c'est fait, la suite commence. (3)");
    }

    @Test
    void translate_flagsALoopThatStays() {
        assertThat(shown("And so on.", sentence -> "et puis et puis et puis et puis"))
                .isEqualTo("et puis et puis et puis et puis (2!)");
    }

    @Test
    void translate_neverToNothing() {
        assertThat(shown("And so on.", sentence -> " ")).isEqualTo("And so on. (2!)");
    }

    @Test
    void translate_dropsAlternativesThatAreNotFaithful() {
        FaithfulTranslation translation =
                translate("Copy 5 files.", sentence -> "Copier 5 fichiers.\nCopier cinq fichiers.\nCopie 5 fichiers.");
        assertThat(translation.hypotheses())
                .extracting(hypothesis -> hypothesis.text().content())
                .containsExactly("Copier 5 fichiers.", "Copie 5 fichiers.");
    }

    @Test
    void translate_whatIsTooLongAsItIsWithStandIns() {
        String message = "Show {n, plural, one {one file} other {" + "many ".repeat(60) + "files}} now.";
        assertThat(shown(
                        message, sentence -> sentence.replace("Show", "Montrez").replace("now", "ici")))
                .isEqualTo(message.replace("Show", "Montrez").replace("now", "ici") + " (1)");
        assertThat(asked).containsExactly(Map.of("Show %1 now.", 3));
    }

    @Test
    void translate_putsTagsAroundTheWordsTheyWereAround() {
        // The second word becomes the first.
        assertThat(tagged(
                        "a \uFFFCbold\uFFFC (\uFFFCword\uFFFC).",
                        List.of("<b>", "</b>", "<i>", "</i>"),
                        "gras un (mot).",
                        List.of(1, 0, 2)))
                .isEqualTo("<b>gras</b> un (<i>mot</i>). (1)");
    }

    @Test
    void translate_cutsAtTagsWhereTheirPlaceCannotBeTold() {
        assertThat(tagged("a \uFFFCbold\uFFFC word.", List.of("<b>", "</b>"), "un mot.", List.of(0, 2)))
                .isEqualTo("un mot <b>un mot</b> un mot. (3)");
    }

    private String tagged(String text, List<String> tags, String target, List<Integer> alignment) {
        SlottedText source = new SlottedText(
                text, tags.stream().map(tag -> new Slot(tag, Slot.Kind.TAG)).toList());
        FaithfulTranslation translation = translator
                .translate(Map.of(source, 1), TranslationOptions.BEAM_4, (sentences, options) -> {
                    assertThat(options.alignments()).isTrue();
                    Map<String, Translation> translations = new LinkedHashMap<>();
                    sentences
                            .keySet()
                            .forEach(sentence -> translations.put(
                                    sentence,
                                    new Translation(
                                            List.of(new Translation.Hypothesis(target, -1, 5, false, alignment)), 5)));
                    return CompletableFuture.completedFuture(translations);
                })
                .join()
                .get(source);
        return Objects.requireNonNull(translation).best().text().content() + " (" + translation.attempts() + ")";
    }

    @Test
    void translate_eachSentenceUnderItsOwnConstraints() {
        SentenceConstraints constraints =
                new SentenceConstraints("Das", List.of("b"), new Glossary(List.of(new Glossary.Term("one", "eins"))));
        Map<String, TranslationConstraints> seen = new LinkedHashMap<>();
        SlottedText first = SlottedText.plain("Now one by one.");
        translator
                .translate(
                        Map.of(first, 3, SlottedText.plain("Two."), 3),
                        TranslationOptions.BEAM_4,
                        sentence -> constraints.of(sentence, sentence.equals(first)),
                        (sentences, options) -> {
                            sentences.keySet().forEach(sentence -> seen.put(sentence, options.constraints()));
                            return CompletableFuture.completedFuture(sentences.keySet().stream()
                                    .collect(Collectors.toMap(
                                            sentence -> sentence, sentence -> translation("Das " + sentence))));
                        })
                .join();
        assertThat(seen)
                .containsOnly(
                        Map.entry(
                                "Now one by one.",
                                new TranslationConstraints("Das", List.of("b"), List.of("eins", "eins"))),
                        Map.entry("Two.", new TranslationConstraints("", List.of("b"), List.of())));
    }

    /** What lacks a required phrase is tried again, and kept and marked if it never has it. */
    @Test
    void translate_whatIsMissing_isTriedAgain() {
        FaithfulTranslation translation = translator
                .translate(
                        units("And so on."),
                        TranslationOptions.BEAM_4,
                        (sentences, options) -> CompletableFuture.completedFuture(Map.of(
                                "And so on.",
                                new Translation(
                                        List.of(new Translation.Hypothesis(
                                                "Und so weiter.", -1, 5, true, List.of(), 1)),
                                        5))))
                .join()
                .values()
                .iterator()
                .next();
        assertThat(translation.degenerate()).isTrue();
        assertThat(translation.attempts()).isGreaterThan(1);
        assertThat(translation.best().text().content()).isEqualTo("Und so weiter.");
    }

    @Test
    void translate_failsAsTheModelDoes() {
        CompletableFuture<?> failed = translator.translate(
                units("One.", "Two 2."),
                TranslationOptions.BEAM_4,
                (sentences, options) -> CompletableFuture.failedFuture(new IllegalStateException("full")));
        assertThat(failed)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void translate_failsWhereWhatIsLostCannotBeTriedAgain() {
        CompletableFuture<?> failed =
                translator.translate(units("Two 2."), TranslationOptions.BEAM_4, (sentences, options) -> {
                    if (options.nBest() > 1) {
                        throw new IllegalStateException("full");
                    }
                    return CompletableFuture.completedFuture(Map.of("Two 2.", translation("Deux.")));
                });
        assertThat(failed)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void translate_keepsALoopWhenThereIsNoSecondTry() {
        FaithfulTranslation translation = translator
                .translate(
                        units("And so on."),
                        TranslationOptions.BEAM_4,
                        (sentences, options) -> options.nBest() > 1
                                ? CompletableFuture.failedFuture(
                                        new CompletionException(new IllegalStateException("full")))
                                : CompletableFuture.completedFuture(
                                        Map.of("And so on.", translation("no no no no no"))))
                .join()
                .values()
                .iterator()
                .next();
        assertThat(translation.degenerate()).isTrue();
        assertThat(translation.best().text().content()).isEqualTo("no no no no no");
    }

    @Test
    void translate_asksForWhatIsLackingTogether() {
        translator
                .translate(
                        units("One 1.", "Two 2.", "Three."),
                        TranslationOptions.BEAM_4,
                        model(sentence -> sentence.replaceAll("[0-9]", "") + "!"))
                .join();
        assertThat(asked.get(0)).containsOnlyKeys("One 1.", "Two 2.", "Three.");
        assertThat(asked.get(1)).containsOnlyKeys("One %1.", "Two %1.");
        assertThat(asked.get(2)).containsOnlyKeys("One", "Two");
        assertThat(asked).hasSize(3);
    }

    private Map<SlottedText, Integer> units(String... sentences) {
        Map<SlottedText, Integer> units = new LinkedHashMap<>();
        for (String sentence : sentences) {
            SlottedText slotted = ProtectedSpans.ofSentence(sentence);
            units.put(slotted, translator.countTokens(slotted));
        }
        return units;
    }

    private FaithfulTranslation translate(String sentence, Function<String, String> model) {
        return translator
                .translate(units(sentence), TranslationOptions.BEAM_4, model(model))
                .join()
                .values()
                .iterator()
                .next();
    }

    /** The best translation, the number of ways that were tried, and an exclamation mark where it is flagged. */
    private String shown(String sentence, Function<String, String> model) {
        FaithfulTranslation translation = translate(sentence, model);
        return translation.best().text().content() + " (" + translation.attempts()
                + (translation.degenerate() ? "!)" : ")");
    }

    private FaithfulTranslator.Model model(Function<String, String> model) {
        return (sentences, options) -> {
            asked.add(sentences);
            Map<String, Translation> translations = new LinkedHashMap<>();
            sentences.keySet().forEach(sentence -> translations.put(sentence, translation(model.apply(sentence))));
            return CompletableFuture.completedFuture(translations);
        };
    }

    /** One hypothesis a line. */
    private static Translation translation(String lines) {
        return new Translation(
                lines.lines()
                        .map(line -> new Translation.Hypothesis(line, -1, line.length(), false))
                        .toList(),
                5);
    }
}
