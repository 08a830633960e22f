package dev.dragoman.inference.faithful;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What arrives when a model does what it likes. */
class FaithfulTranslatorLawsTest {
    private static final List<String> WORDS = List.of(
            "copy",
            "the",
            "file",
            "to",
            "and,",
            "so",
            "on:",
            "(now)",
            "%s",
            "%d",
            "%1",
            "%2$s",
            "{0}",
            "{n, plural, other {# x}}",
            "{{a b}}",
            "$HOME",
            "https://example.org/5?a=%s",
            "a@b.org",
            "5",
            "15",
            "1,000.5",
            "5.",
            "10 000",
            "2024-01-31",
            "%5",
            "\uD83D\uDE00",
            "\uFFFC",
            "5,",
            "{}",
            "X1",
            "701");

    /** All that was protected in the source, counted in source and translation by the same rule; and slots are never lost from a translation. */
    @Property(tries = 1500)
    void allArrives(@ForAll("texts") String text, @ForAll long seed) {
        FaithfulTranslator translator =
                new FaithfulTranslator(sentence -> 1 + sentence.length() / 4, 200, Ladder.DEFAULT);
        SlottedText source = ProtectedSpans.ofSentence(text);
        Map<SlottedText, FaithfulTranslation> translations = translator
                .translate(Map.of(source, translator.countTokens(source)), TranslationOptions.GREEDY, new Vandal(seed))
                .join();

        for (FaithfulTranslation.Hypothesis hypothesis :
                translations.get(source).hypotheses()) {
            SlottedText target = hypothesis.text();
            assertThat(target.slots()).containsExactlyInAnyOrderElementsOf(source.slots());
            SlotContents contents = new SlotContents(source);
            assertThat(contents.count(target.content())).isEqualTo(contents.count(text));
            assertThat(target.content()).isNotBlank();
        }
    }

    /** Tags too, whatever the alignment says: each there, pairs around something, the text without them as if there were none. */
    @Property(tries = 1000)
    void allTagsArrive(@ForAll("tagged") SlottedText source, @ForAll long seed) {
        FaithfulTranslator translator =
                new FaithfulTranslator(sentence -> 1 + sentence.length() / 4, 200, Ladder.DEFAULT);
        FaithfulTranslation translation = translator
                .translate(Map.of(source, translator.countTokens(source)), TranslationOptions.GREEDY, new Vandal(seed))
                .join()
                .get(source);
        assertThat(translation).isNotNull();
        for (FaithfulTranslation.Hypothesis hypothesis : translation.hypotheses()) {
            assertThat(Fidelity.holds(source, hypothesis.text())).isTrue();
        }
    }

    @Provide
    Arbitrary<SlottedText> tagged() {
        Map<String, Slot> tags = Map.of(
                "<b>", new Slot("<b>", Slot.Kind.TAG),
                "</b>", new Slot("</b>", Slot.Kind.TAG),
                "<i>", new Slot("<i>", Slot.Kind.TAG),
                "</i>", new Slot("</i>", Slot.Kind.TAG),
                "<br/>", new Slot("<br/>", Slot.Kind.TAG),
                "<x>y</x>", new Slot("<x>y</x>", Slot.Kind.ELEMENT));
        List<SlottedText> parts = new ArrayList<>();
        tags.values().forEach(tag -> parts.add(new SlottedText(String.valueOf(SlottedText.OBJECT), List.of(tag))));
        List.of("copy", "the ", " file", " ", "%s", " 5 ", "(now)")
                .forEach(word -> parts.add(ProtectedSpans.ofSentence(word)));
        return Arbitraries.of(parts).list().ofMinSize(1).ofMaxSize(12).map(SlottedText::join);
    }

    /** What the model is shown and gives back unchanged is what was sent. */
    @Property(tries = 500)
    void anEchoIsTheSource(@ForAll("spacedTexts") String text, @ForAll Rendering rendering) {
        SlottedText source = ProtectedSpans.ofSentence(text);
        SlottedText parsed = rendering.parse(source, new Translation.Hypothesis(rendering.render(source), 0, 1, false));
        // A stand-in that is written in the source too is there twice.
        if (rendering != Rendering.LETTER && rendering != Rendering.NUMBER) {
            assertThat(parsed).isNotNull();
        }
        if (parsed != null) {
            assertThat(parsed.content()).isEqualTo(text);
            assertThat(Fidelity.holds(source, parsed)).isTrue();
        }
    }

    @Provide
    Arbitrary<String> texts() {
        return joined(" ", "", "  ", "\t");
    }

    @Provide
    Arbitrary<String> spacedTexts() {
        return joined(" ", "  ", "\t");
    }

    private static Arbitrary<String> joined(String... spaces) {
        return Arbitraries.of(WORDS)
                .list()
                .ofMinSize(1)
                .ofMaxSize(12)
                .flatMap(words -> Arbitraries.of(spaces).map(space -> String.join(space, words)));
    }

    /** Loses, doubles, changes, invents and reorders words, loops, stops, and says nothing; now and then it does as it is told. */
    private static final class Vandal implements FaithfulTranslator.Model {
        private final Random random;

        Vandal(long seed) {
            random = new Random(seed);
        }

        @Override
        public CompletableFuture<Map<String, Translation>> translate(
                Map<String, Integer> sentences, TranslationOptions options) {
            Map<String, Translation> translations = new LinkedHashMap<>();
            sentences.forEach((sentence, tokens) -> {
                List<Translation.Hypothesis> hypotheses = new ArrayList<>();
                for (int i = 0; i < options.nBest(); i++) {
                    hypotheses.add(
                            new Translation.Hypothesis(vandalised(sentence), -i, tokens, random.nextInt(10) == 0));
                }
                translations.put(sentence, new Translation(hypotheses, tokens));
            });
            return CompletableFuture.completedFuture(translations);
        }

        private String vandalised(String sentence) {
            List<String> words = new ArrayList<>(List.of(sentence.split("(?<=\\s)|(?=\\s)")));
            for (int i = random.nextInt(4); i > 0 && !words.isEmpty(); i--) {
                int at = random.nextInt(words.size());
                switch (random.nextInt(7)) {
                    case 0 -> words.remove(at);
                    case 1 -> words.add(at, words.get(at));
                    case 2 -> words.add(at, WORDS.get(random.nextInt(WORDS.size())));
                    case 3 -> Collections.shuffle(words, random);
                    case 4 -> words.set(at, words.get(at).replaceAll("[0-9]", "7"));
                    case 5 -> words.addAll(Collections.nCopies(6, words.get(at) + " "));
                    default -> words.clear();
                }
            }
            return String.join("", words);
        }
    }
}
