package dev.dragoman.app.translation;

import dev.dragoman.app.translation.ClauseSplitter.Part;
import dev.dragoman.app.translation.TextForm.Splitting;
import dev.dragoman.inference.Segmentation;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.Translator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A text cut into the sentences, or parts of long ones, that a model takes, and put together again from their translations.
 *
 * <p>An alternative to a text of one sentence is the sentence's next best translation. For several sentences, the alternative of rank
 * r is made of each sentence's translation of rank r, or its best where it has no more.
 */
final class TranslatableText {
    private static final Pattern LINE_BREAKS = Pattern.compile("\\R");

    private final Segmentation segmentation;
    private final List<List<Part>> sentences;

    private TranslatableText(Segmentation segmentation, List<List<Part>> sentences) {
        this.segmentation = segmentation;
        this.sentences = sentences;
    }

    /**
     * Cuts a text.
     *
     * @param splitting where sentences end
     * @param field name of the text for errors
     * @throws dev.dragoman.app.errors.ServiceException.LimitExceeded if a word is longer than the model reads
     */
    static TranslatableText of(String text, String language, Splitting splitting, Translator translator, String field) {
        ClauseSplitter splitter = new ClauseSplitter(translator::countTokens, translator.maximumSourceTokens(), field);
        Segmentation segmentation = switch (splitting) {
            case SENTENCES_AND_LINES -> translator.segment(text, language);
            case SENTENCES -> translator.segment(withoutLines(text), language);
            case NOWHERE -> new WholeText(withoutLines(text));
        };
        List<List<Part>> sentences = new ArrayList<>();
        for (String sentence : segmentation.sentences()) {
            List<Part> parts = new ArrayList<>();
            if (hasLetter(sentence)) {
                splitter.split(sentence, parts);
            } else {
                // Numbers, rules and emoji say the same in every language; a model only invents something for them.
                parts.add(new Part(sentence, 0));
            }
            sentences.add(parts);
        }
        return new TranslatableText(segmentation, sentences);
    }

    private static String withoutLines(String text) {
        return LINE_BREAKS.matcher(text).replaceAll(" ");
    }

    private static boolean hasLetter(String sentence) {
        return sentence.codePoints().anyMatch(Character::isLetter);
    }

    /** Adds what has to be translated, with its number of source tokens. */
    void collect(Map<String, Integer> tokensBySentence) {
        for (List<Part> parts : sentences) {
            for (Part part : parts) {
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
    TranslatedText translated(Map<String, Translation> translations, int alternatives) {
        String best = joined(part -> hypothesis(translations, part, 0));
        List<String> others = new ArrayList<>();
        for (int rank = 1; rank <= alternatives; rank++) {
            int wanted = rank;
            String other = joined(part -> hypothesis(translations, part, wanted));
            if (!other.equals(best) && !others.contains(other)) {
                others.add(other);
            }
        }
        return new TranslatedText(best, others);
    }

    /** The sentences in their order, each as the parts that it is translated in. */
    List<List<Part>> sentences() {
        return sentences;
    }

    /** A sentence of {@link #sentences} in the other language. */
    static String best(List<Part> sentence, Map<String, Translation> translations) {
        return sentence.stream().map(part -> hypothesis(translations, part, 0)).collect(Collectors.joining());
    }

    private static String hypothesis(Map<String, Translation> translations, Part part, int rank) {
        Translation translation = translations.get(part.text());
        if (part.tokens() == 0 || translation == null) {
            return part.text();
        }
        List<Translation.Hypothesis> hypotheses = translation.hypotheses();
        return hypotheses.get(rank < hypotheses.size() ? rank : 0).text();
    }

    private String joined(Function<Part, String> translate) {
        return segmentation.join(sentences.stream()
                .map(parts -> parts.stream().map(translate).collect(Collectors.joining()))
                .toList());
    }
}
