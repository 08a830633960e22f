package dev.dragoman.app.models;

import dev.dragoman.inference.Segmentation;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.Translator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The translation of one sentence into the bridge language, as the next model reads it: whole, or in parts where it is longer than that
 * model's longest sentence.
 *
 * @param parts what is translated and, with 0 tokens, what stays as it is
 */
record BridgeText(List<Part> parts) {
    private static final Pattern WORD = Pattern.compile("\\S+", Pattern.UNICODE_CHARACTER_CLASS);

    /**
     * A part.
     *
     * @param tokens of the text, 0 for one that stays as it is
     */
    record Part(String text, int tokens) {}

    /** Cuts a text, at the ends of sentences and then at white space near the middle of what is still too long. */
    static BridgeText of(String text, String language, Translator reader) {
        List<Part> parts = new ArrayList<>();
        int tokens = reader.countTokens(text);
        if (tokens <= reader.maximumSourceTokens()) {
            parts.add(new Part(text, tokens));
            return new BridgeText(parts);
        }
        Segmentation segmentation = reader.segment(text, language);
        int end = 0;
        for (String sentence : segmentation.sentences()) {
            int begin = text.indexOf(sentence, end);
            keep(text.substring(end, begin), parts);
            split(sentence, reader, parts);
            end = begin + sentence.length();
        }
        keep(text.substring(end), parts);
        return new BridgeText(parts);
    }

    private static void keep(String text, List<Part> parts) {
        if (!text.isEmpty()) {
            parts.add(new Part(text, 0));
        }
    }

    private static void split(String text, Translator reader, List<Part> parts) {
        int tokens = reader.countTokens(text);
        if (tokens <= reader.maximumSourceTokens() || text.codePointCount(0, text.length()) < 2) {
            parts.add(new Part(text, tokens));
            return;
        }
        int middle = text.length() / 2;
        int space = nearestSpace(text, middle);
        // A model that repeats itself writes words without end. They have no meaning that a cut could hurt.
        int cut = space > 0 ? space : Character.isLowSurrogate(text.charAt(middle)) ? middle + 1 : middle;
        split(text.substring(0, cut), reader, parts);
        if (space > 0) {
            keep(" ", parts);
        }
        split(text.substring(space > 0 ? cut + 1 : cut), reader, parts);
    }

    private static int nearestSpace(String text, int middle) {
        int before = text.lastIndexOf(' ', middle);
        int after = text.indexOf(' ', middle);
        boolean hasAfter = after > 0 && after < text.length() - 1;
        return before <= 0 ? (hasAfter ? after : -1) : hasAfter && after - middle < middle - before ? after : before;
    }

    /** Adds what has to be translated, with its number of tokens. */
    void collect(Map<String, Integer> tokensByText) {
        for (Part part : parts) {
            if (part.tokens() > 0) {
                tokensByText.put(part.text(), part.tokens());
            }
        }
    }

    /**
     * The whole in the other language, best first. The alternative of rank r is made of each part's translation of rank r, or its best
     * where it has no more.
     */
    List<Translation.Hypothesis> hypotheses(Map<String, Translation> translations) {
        int ranks = parts.stream()
                .map(part -> translations.get(part.text()))
                .mapToInt(translation ->
                        translation == null ? 1 : translation.hypotheses().size())
                .max()
                .orElse(1);
        List<Translation.Hypothesis> hypotheses = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            hypotheses.add(hypothesis(translations, rank));
        }
        return hypotheses;
    }

    private Translation.Hypothesis hypothesis(Map<String, Translation> translations, int rank) {
        StringBuilder text = new StringBuilder();
        double score = 0;
        int tokens = 0;
        boolean truncated = false;
        boolean isAligned = true;
        List<Integer> alignment = new ArrayList<>();
        int words = 0;
        for (Part part : parts) {
            Translation translation = part.tokens() == 0 ? null : translations.get(part.text());
            int before = words;
            words += words(part.text());
            if (translation == null) {
                text.append(part.text());
                IntStream.range(before, words).forEach(alignment::add);
                continue;
            }
            List<Translation.Hypothesis> ranked = translation.hypotheses();
            Translation.Hypothesis chosen = ranked.get(rank < ranked.size() ? rank : 0);
            text.append(chosen.text());
            score += chosen.score();
            tokens += chosen.tokens();
            truncated |= chosen.truncated();
            isAligned &= !chosen.alignment().isEmpty();
            chosen.alignment().forEach(word -> alignment.add(before + word));
        }
        return new Translation.Hypothesis(text.toString(), score, tokens, truncated, isAligned ? alignment : List.of());
    }

    private static int words(String text) {
        return (int) WORD.matcher(text).results().count();
    }
}
