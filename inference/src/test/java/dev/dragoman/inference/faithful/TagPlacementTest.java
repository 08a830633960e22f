package dev.dragoman.inference.faithful;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.inference.Translation.Hypothesis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagPlacementTest {
    private static final Pattern TAG = Pattern.compile("<[^>]*>");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "Press <b>Save</b> now. | Maintenant appuyez Enregistrer. | 2 0 1 | Maintenant appuyez <b>Enregistrer</b>.",
                "Press <b>Save.</b> | Appuyez Enregistrer. | 0 1 | Appuyez <b>Enregistrer.</b>",
                "a (<b>b</b>) c | x (y) z | 0 1 2 | x (<b>y</b>) z",
                "a <b>b <i>c</i></b> d | w x y z | 3 2 1 0 | w <b><i>x</i> y</b> z",
                "<b>a</b> <i>b</i> | y x | 1 0 | <i>y</i> <b>x</b>",
                "<b>a</b><i>b</i> c | x-y z | 0 1 | <b><i>x-y</i></b> z",
                "a <b>b c</b> d e f | u v w x y z | 1 0 3 4 2 5 | <b>u</b> v w x y z",
                "one <br/>two | zwei eins | 1 0 | <br/>zwei eins",
                "one<img/> two three | un deux trois | 0 1 2 | un<img/> deux trois",
                "one two</b> three <i>four | un deux trois quatre | 0 1 2 3 | un deux</b> trois <i>quatre",
                "a <x></x> b | c d | 0 1 | c <x></x>d",
                "a <b>b</b> c | x z | 0 2 | none",
                "a <b>b</b> c | x y z | 0 1 | none",
                "a <b>b</b> c | x y z | 0 1 9 | none",
            })
    void place(String source, String target, String alignment, String expected) {
        List<Integer> words =
                Arrays.stream(alignment.split(" ")).map(Integer::valueOf).toList();
        SlottedText tagged = tagged(source);
        SlottedText placed = Rendering.AS_IT_IS.parse(tagged, new Hypothesis(target, 0, 1, false, words));
        assertThat(placed == null || !Fidelity.holds(tagged, placed) ? "none" : placed.content())
                .isEqualTo(expected);
    }

    @Test
    void place_anythingAsItWasOrNowhere() {
        Random random = new Random(7);
        List<String> tags = List.of("<b>", "</b>", "<i>", "</i>", "<br/>", "x", "y, ", " ", " z ");
        for (int i = 0; i < 5_000; i++) {
            List<String> parts = new ArrayList<>();
            random.ints(random.nextInt(12), 0, tags.size()).forEach(part -> parts.add(tags.get(part)));
            SlottedText source = tagged(String.join("", parts));
            int words = Words.of(Rendering.AS_IT_IS.render(source)).size();
            int targetWords = words == 0 ? 0 : random.nextInt(8);
            List<Integer> alignment =
                    random.ints(targetWords, 0, Math.max(1, words)).boxed().toList();
            String target = String.join(" ", Collections.nCopies(targetWords, "w,"));
            SlottedText placed = Rendering.AS_IT_IS.parse(source, new Hypothesis(target, 0, 1, false, alignment));
            if (placed != null) {
                assertThat(placed.slots()).containsExactlyInAnyOrderElementsOf(source.slots());
                assertThat(placed.withoutTags().content()).isEqualTo(target);
            }
            // Words in their order have a place for every tag.
            String copy = Rendering.AS_IT_IS.render(source).strip();
            List<Integer> identity = IntStream.range(0, words).boxed().toList();
            SlottedText echo = Rendering.AS_IT_IS.parse(source, new Hypothesis(copy, 0, 1, false, identity));
            assertThat(echo).isNotNull();
        }
    }

    private static SlottedText tagged(String markup) {
        List<Slot> slots = new ArrayList<>();
        Matcher tags = TAG.matcher(markup);
        while (tags.find()) {
            slots.add(new Slot(tags.group(), Slot.Kind.TAG));
        }
        return new SlottedText(tags.replaceAll(String.valueOf(SlottedText.OBJECT)), slots);
    }
}
