package dev.dragoman.benchmark;

import dev.dragoman.inference.Translation;
import dev.dragoman.inference.faithful.Ladder;
import dev.dragoman.inference.faithful.Rendering;
import dev.dragoman.inference.faithful.Rung;
import dev.dragoman.inference.faithful.Rung.Cut;
import dev.dragoman.inference.faithful.Slot;
import dev.dragoman.inference.faithful.SlottedText;
import dev.dragoman.training.evaluation.Bleu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What becomes of a tagged word: in each sentence that shares a word with its reference, once in either, that word is put between tags. Where the translation
 * has the word too, the tags have to be around it.
 */
final class FaithfulTags {
    private final List<String> before = new ArrayList<>();
    private final List<String> words = new ArrayList<>();
    private final List<String> behind = new ArrayList<>();
    private final List<String> references = new ArrayList<>();

    FaithfulTags(List<String> sources, List<String> targets) {
        for (int i = 0; i < sources.size(); i++) {
            List<String> source = Arrays.asList(sources.get(i).split(" "));
            List<String> target = Arrays.asList(targets.get(i).split(" "));
            for (int at = 1; at < source.size() - 1; at++) {
                String word = source.get(at);
                if (word.matches("\\p{L}{3,}") && occursOnce(source, word) && occursOnce(target, word)) {
                    before.add(String.join(" ", source.subList(0, at)) + " ");
                    words.add(word);
                    behind.add(" " + String.join(" ", source.subList(at + 1, source.size())));
                    references.add(targets.get(i));
                    break;
                }
            }
        }
    }

    private static boolean occursOnce(List<String> words, String word) {
        return words.indexOf(word) >= 0 && words.indexOf(word) == words.lastIndexOf(word);
    }

    void measure(Report report, FaithfulModel model) {
        Report.Table table = report.table(
                "Tags within a sentence",
                "of " + words.size() + " sentences",
                "not cut",
                "tags around their word",
                "BLEU without tags");
        row(table, "cut at tags", cut(model));
        for (Rendering rendering : List.of(Rendering.PERCENT, Rendering.BRACES, Rendering.NUMBER)) {
            row(table, "stand-ins, " + rendering, translate(model, rendering, " ", Slot.Kind.ELEMENT));
        }
        row(table, "alignment", translate(model, Rendering.AS_IT_IS, "", Slot.Kind.TAG));
    }

    /**
     * A translation with its tags.
     *
     * @param isWhole whether the sentence was translated in one
     */
    private record Tagged(String text, boolean isWhole) {}

    private List<Tagged> cut(FaithfulModel model) {
        List<String> first = texts(model, before);
        List<String> second = texts(model, words);
        List<String> third = texts(model, behind);
        return IntStream.range(0, words.size())
                .mapToObj(i -> new Tagged(first.get(i) + " <b>" + second.get(i) + "</b> " + third.get(i), false))
                .toList();
    }

    private static List<String> texts(FaithfulModel model, List<String> sentences) {
        return model.translate(sentences).stream().map(Translation::text).toList();
    }

    /** Cut only where the tags are lost, or cannot be placed. */
    private List<Tagged> translate(FaithfulModel model, Rendering rendering, String space, Slot.Kind kind) {
        Ladder ladder = new Ladder(
                List.of(new Rung(Cut.NOWHERE, rendering, false), new Rung(Cut.SLOTS, Rendering.AS_IT_IS, false)));
        List<Slot> tags = List.of(new Slot("<b>", kind), new Slot("</b>", kind));
        List<SlottedText> sources = IntStream.range(0, words.size())
                .mapToObj(i -> new SlottedText(
                        before.get(i)
                                + SlottedText.OBJECT
                                + space
                                + words.get(i)
                                + space
                                + SlottedText.OBJECT
                                + behind.get(i),
                        tags))
                .toList();
        return model.translate(sources, ladder).stream()
                .map(translation -> new Tagged(translation.best().text().content(), translation.attempts() == 1))
                .toList();
    }

    private void row(Report.Table table, String name, List<Tagged> translations) {
        int whole = 0;
        int kept = 0;
        int right = 0;
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < translations.size(); i++) {
            String tagged = translations.get(i).text();
            String text = tagged.replaceAll("<b> ?| ?</b>", "");
            texts.add(text);
            whole += translations.get(i).isWhole() ? 1 : 0;
            String word = "(?<!\\p{L})" + Pattern.quote(words.get(i)) + "(?!\\p{L})";
            if (Pattern.compile(word).matcher(text).results().count() == 1) {
                kept++;
                right += Pattern.compile("<b>\\P{L}*" + word + "\\P{L}*</b>")
                                .matcher(tagged)
                                .find()
                        ? 1
                        : 0;
            }
        }
        table.row(
                name,
                String.valueOf(whole),
                String.format(Locale.ROOT, "%.1f %% of %d", 100.0 * right / Math.max(1, kept), kept),
                Bleu.ofCorpus(texts, references).number(2));
    }
}
