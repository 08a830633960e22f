package dev.dragoman.app.translation;

import dev.dragoman.app.translation.ClauseSplitter.Part;
import dev.dragoman.app.translation.TextForm.Splitting;
import dev.dragoman.inference.Segmentation;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.faithful.FaithfulTranslation;
import dev.dragoman.inference.faithful.ProtectedSpans;
import dev.dragoman.inference.faithful.Slot;
import dev.dragoman.inference.faithful.SlottedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A text cut into the sentences, or parts of long ones, that a model takes, and put together again from their translations.
 *
 * <p>Kept as they are: white space around sentences and what is wider than a space in them, the markers of lists before them, and sentences
 * without a letter.
 *
 * <p>An alternative to a text of one sentence is the sentence's next best translation. For several sentences, the alternative of rank
 * r is made of each sentence's translation of rank r, or its best where it has no more.
 */
final class TranslatableText {
    private static final Pattern LINE_BREAKS = Pattern.compile("\\R");

    /** White space that aligns columns; a model sees a single space in its place. */
    private static final Pattern COLUMN_GAP = Pattern.compile("[ \u00A0]*\t\\s*|[ \u00A0]{3,}");

    private static final Pattern WIDE_SPACE = Pattern.compile("(?<=\\S)  (?=\\S)");

    /**
     * What stands before a sentence, and the sentence.
     *
     * @param gap kept
     * @param parts of the sentence; empty at the end of a text
     */
    private record Piece(SlottedText gap, List<Part> parts) {}

    private final List<Piece> pieces = new ArrayList<>();
    private final TextEncoding encoding;
    private final Splitting splitting;
    private final ClauseSplitter splitter;

    private TranslatableText(TextEncoding encoding, Splitting splitting, ClauseSplitter splitter) {
        this.encoding = encoding;
        this.splitting = splitting;
        this.splitter = splitter;
    }

    /**
     * Cuts a text.
     *
     * @param text with the tags in it as slots
     * @param encoding how it is written in the end
     * @param splitting where sentences end
     * @param splitter for sentences that are too long
     * @throws dev.dragoman.app.errors.ServiceException.LimitExceeded if a word is longer than the model reads
     */
    static TranslatableText of(
            SlottedText text,
            String language,
            TextEncoding encoding,
            Splitting splitting,
            Translator translator,
            ClauseSplitter splitter) {
        TranslatableText translatable = new TranslatableText(encoding, splitting, splitter);
        SlottedText slotted = ProtectedSpans.ofText(text);
        SlottedText lines = splitting == Splitting.SENTENCES_AND_LINES
                ? (encoding == TextEncoding.PLAIN ? withWideSpaces(slotted) : slotted)
                : new SlottedText(LINE_BREAKS.matcher(slotted.text()).replaceAll(" "), slotted.slots());
        TaggedText tagged = TaggedText.of(lines);
        String bare = tagged.bare();
        Segmentation segmentation =
                splitting == Splitting.NOWHERE ? new WholeText(bare) : translator.segment(bare, language);
        tagged.cut(segmentation.sentences()).forEach(translatable::add);
        return translatable;
    }

    /** The text with the second of two spaces as a slot, since models write single spaces. */
    private static SlottedText withWideSpaces(SlottedText text) {
        if (!text.text().contains("  ")) {
            return text;
        }
        Matcher wide = WIDE_SPACE.matcher(text.text());
        SlottedText.Slicer slicer = new SlottedText.Slicer(text);
        List<SlottedText> parts = new ArrayList<>();
        while (wide.find()) {
            // The first of the two stays text.
            parts.add(slicer.to(wide.start() + 1));
            slicer.to(wide.end());
            parts.add(new SlottedText(String.valueOf(SlottedText.OBJECT), List.of(new Slot(" ", Slot.Kind.TAG))));
        }
        parts.add(slicer.to(text.text().length()));
        return SlottedText.join(parts);
    }

    private void add(TaggedText.Cut cut) {
        List<Part> parts = new ArrayList<>();
        SlottedText sentence = cut.sentence();
        if (sentence == null) {
            pieces.add(new Piece(cut.gap(), parts));
            return;
        }
        int marker = splitting == Splitting.SENTENCES_AND_LINES ? ListMarker.end(sentence.text()) : 0;
        addWithColumns(sentence.slice(marker, sentence.text().length()), parts);
        pieces.add(new Piece(SlottedText.join(List.of(cut.gap(), sentence.slice(0, marker))), parts));
    }

    private void addWithColumns(SlottedText sentence, List<Part> parts) {
        if (splitting != Splitting.SENTENCES_AND_LINES
                || encoding == TextEncoding.MARKUP
                || !mayHaveColumns(sentence.text())) {
            add(sentence, parts);
            return;
        }
        Matcher gap = COLUMN_GAP.matcher(sentence.text());
        int start = 0;
        while (gap.find()) {
            add(sentence.slice(start, gap.start()), parts);
            parts.add(Part.kept(sentence.slice(gap.start(), gap.end())));
            start = gap.end();
        }
        add(sentence.slice(start, sentence.text().length()), parts);
    }

    /** A look that spares most sentences the search: a gap has a tab, or two blanks behind one another. */
    private static boolean mayHaveColumns(String sentence) {
        char before = 'x';
        for (int i = 0; i < sentence.length(); i++) {
            char c = sentence.charAt(i);
            if (c == '\t' || (isBlank(c) && isBlank(before))) {
                return true;
            }
            before = c;
        }
        return false;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\u00A0';
    }

    private void add(SlottedText sentence, List<Part> parts) {
        if (sentence.hasLetter()) {
            splitter.split(ProtectedSpans.ofSentence(sentence), parts);
        } else {
            // Numbers, rules and emoji say the same in every language; a model only invents something for them.
            parts.add(Part.kept(sentence));
        }
    }

    /** Adds what has to be translated, with its number of source tokens. */
    void collect(Map<SlottedText, Integer> tokensBySentence) {
        for (Piece piece : pieces) {
            for (Part part : piece.parts()) {
                if (part.tokens() > 0) {
                    tokensBySentence.put(part.text(), part.tokens());
                }
            }
        }
    }

    /**
     * The text in the other language.
     *
     * @param translations of everything collected
     * @param alternatives how many further translations to make, at most
     */
    TranslatedText translated(Map<SlottedText, FaithfulTranslation> translations, int alternatives) {
        String best = joined(part -> hypothesis(translations, part, 0));
        List<String> others = new ArrayList<>();
        for (int rank = 1; rank <= alternatives; rank++) {
            int wanted = rank;
            String other = joined(part -> hypothesis(translations, part, wanted));
            if (!other.equals(best) && !others.contains(other)) {
                others.add(other);
            }
        }
        return new TranslatedText(
                best, others, sentences().stream().anyMatch(parts -> isDegenerate(parts, translations)));
    }

    /** The sentences in their order, each as the parts that it is translated in. */
    List<List<Part>> sentences() {
        return pieces.stream()
                .map(Piece::parts)
                .filter(parts -> !parts.isEmpty())
                .toList();
    }

    /** A sentence of {@link #sentences} in the other language. */
    String best(List<Part> sentence, Map<SlottedText, FaithfulTranslation> translations) {
        return sentence.stream().map(part -> hypothesis(translations, part, 0)).collect(Collectors.joining());
    }

    /** Whether a part of a sentence has no better translation than a loop or none. */
    static boolean isDegenerate(List<Part> sentence, Map<SlottedText, FaithfulTranslation> translations) {
        return sentence.stream().anyMatch(part -> {
            FaithfulTranslation translation = part.tokens() == 0 ? null : translations.get(part.text());
            return translation != null && translation.degenerate();
        });
    }

    private String hypothesis(Map<SlottedText, FaithfulTranslation> translations, Part part, int rank) {
        FaithfulTranslation translation = translations.get(part.text());
        if (part.tokens() == 0 || translation == null) {
            return encoding.encode(part.text());
        }
        List<FaithfulTranslation.Hypothesis> hypotheses = translation.hypotheses();
        return encoding.encode(
                hypotheses.get(rank < hypotheses.size() ? rank : 0).text());
    }

    private String joined(Function<Part, String> translate) {
        StringBuilder joined = new StringBuilder();
        for (Piece piece : pieces) {
            joined.append(encoding.encode(piece.gap()));
            piece.parts().forEach(part -> joined.append(translate.apply(part)));
        }
        return joined.toString();
    }
}
