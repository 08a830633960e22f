package dev.dragoman.app.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.inference.faithful.Slot;
import dev.dragoman.inference.faithful.SlottedText;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaggedTextTest {
    private static final Pattern TAG = Pattern.compile("<[^>]*>");

    /** Sentences are shown in brackets. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<b>One.</b> Two. | <b>[One.]</b> [Two.]",
                "<b>One</b> and. <i>Two.</i><br/> | [<b>One</b> and.] <i>[Two.]</i><br/>",
                "One <b>and. Two</b> too. | [One <b>and.] [Two</b> too.]",
                "<p><b>One</b> <i>and.</i></p> | <p>[<b>One</b> <i>and.</i>]</p>",
                "<br/><br/> | <br/><br/>",
                "One. <a><b>Two</b> too.</a> Three. | [One.] <a>[<b>Two</b> too.]</a> [Three.]",
            })
    void cut(String markup, String expected) {
        assertThat(shown(markup)).isEqualTo(expected);
    }

    @Test
    void cut_losesNothing() {
        Random random = new Random(2);
        List<String> parts = List.of("<b>", "</b>", "<i>", "</i>", "<br/>", "One", "two.", " ", "  ", ". ");
        for (int i = 0; i < 5_000; i++) {
            String markup = random.ints(random.nextInt(14), 0, parts.size())
                    .mapToObj(parts::get)
                    .collect(Collectors.joining());
            assertThat(shown(markup).replaceAll("[\\[\\]]", "")).isEqualTo(markup);
        }
    }

    private static String shown(String markup) {
        List<Slot> slots = TAG.matcher(markup)
                .results()
                .map(tag -> new Slot(tag.group(), Slot.Kind.TAG))
                .toList();
        TaggedText text = TaggedText.of(
                new SlottedText(TAG.matcher(markup).replaceAll(String.valueOf(SlottedText.OBJECT)), slots));
        List<String> sentences = Arrays.stream(text.bare().split("(?<=\\.)\\s+"))
                .map(String::strip)
                .filter(sentence -> !sentence.isEmpty())
                .toList();
        StringBuilder shown = new StringBuilder();
        for (TaggedText.Cut cut : text.cut(sentences)) {
            SlottedText sentence = cut.sentence();
            shown.append(cut.gap().content());
            shown.append(sentence == null ? "" : "[" + sentence.content() + "]");
        }
        return shown.toString();
    }
}
