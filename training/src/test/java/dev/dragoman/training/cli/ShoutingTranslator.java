package dev.dragoman.training.cli;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Segmentation;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.TranslationSession;
import dev.dragoman.inference.Translator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/** Translates into capitals; a token is a word, a sentence ends at a full stop, and n-best lists count exclamation marks. */
final class ShoutingTranslator implements Translator {
    static final LanguagePair FRENCH = new LanguagePair("en", "fr");
    static final LanguagePair GERMAN = new LanguagePair("en", "de");

    /** How many sentences each call was given. */
    final List<Integer> calls = new ArrayList<>();

    @Override
    public String modelVersion() {
        return "shouting";
    }

    @Override
    public Set<LanguagePair> languagePairs() {
        return Set.of(FRENCH, GERMAN);
    }

    @Override
    public Segmentation segment(String text, String language) {
        List<String> sentences = text.isBlank() ? List.of() : List.of(text.split("(?<=\\.) ", -1));
        return new Segmentation() {
            @Override
            public List<String> sentences() {
                return sentences;
            }

            @Override
            public String join(List<String> translated) {
                return translated.isEmpty() ? text : String.join(" ", translated);
            }
        };
    }

    /** The commands translate lists. */
    @Override
    public TranslationSession openSession() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Translation> translate(List<String> sentences, LanguagePair pair, TranslationOptions options) {
        calls.add(sentences.size());
        return sentences.stream()
                .map(sentence -> new Translation(
                        IntStream.range(0, options.nBest())
                                .mapToObj(rank -> new Translation.Hypothesis(
                                        sentence.toUpperCase(Locale.ROOT) + "!".repeat(rank), -rank - 0.5, 1, false))
                                .toList(),
                        countTokens(sentence)))
                .toList();
    }

    @Override
    public int maximumSourceTokens() {
        return 5;
    }

    @Override
    public int countTokens(String sentence) {
        return sentence.isBlank() ? 0 : sentence.strip().split(" ", -1).length;
    }

    @Override
    public void close() {}
}
