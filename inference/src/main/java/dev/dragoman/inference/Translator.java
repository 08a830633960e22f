package dev.dragoman.inference;

import dev.dragoman.inference.phrase.UnkeepableConstraintException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The one door from text to text over an opened model directory.
 *
 * <p>Sentences are the unit: {@link #segment} cuts a text into sentences and the exact white space between them,
 * {@link #translate} translates a batch of sentences, {@link #openSession} lets sentences come one by one, {@link Segmentation#join} puts the text back together. Safe for use by many
 * threads. The caller closes it; afterwards translating and counting throw {@link IllegalStateException}.
 */
public interface Translator extends AutoCloseable {
    /**
     * Opens a model directory.
     *
     * @throws ModelUnavailableException if the directory or one of its files is missing, truncated, foreign or of a newer format;
     *     the message names the file
     */
    static Translator open(Path modelDirectory) {
        return ModelTranslator.open(modelDirectory);
    }

    /** A digest over the model's files: changes whenever its translations could. */
    String modelVersion();

    /** The directions that this model serves, in the order of its configuration. */
    Set<LanguagePair> languagePairs();

    /**
     * Cuts {@code text} into sentences.
     *
     * @param language a BCP 47 tag such as {@code en}; one that is unknown gets the rules common to all languages
     */
    Segmentation segment(String text, String language);

    /**
     * Translates a batch. Each result is the same, to the last id, as that of the sentence translated alone.
     *
     * @param sentences any number, of any length up to {@link #maximumSourceTokens()} tokens; a sentence without tokens, such as a blank one, is returned
     *     as it is
     * @return one translation per sentence, in the same order
     * @throws IllegalArgumentException if the pair is not served, a sentence is too long, or its constraints cannot be kept; the message names
     *     limit and value
     * @throws IllegalStateException if the translator is closed, or its network returns numbers that are no probabilities
     */
    List<Translation> translate(List<String> sentences, LanguagePair pair, TranslationOptions options);

    /**
     * Translates sentences each of which has options of its own; those with the same go together.
     *
     * @param options one for each sentence
     * @return one translation per sentence, in the same order
     */
    default List<Translation> translate(List<String> sentences, LanguagePair pair, List<TranslationOptions> options) {
        Map<TranslationOptions, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < sentences.size(); i++) {
            groups.computeIfAbsent(options.get(i), added -> new ArrayList<>()).add(i);
        }
        Map<Integer, Translation> translations = new HashMap<>();
        groups.forEach((same, places) -> {
            List<Translation> group =
                    translate(places.stream().map(sentences::get).toList(), pair, same);
            for (int i = 0; i < group.size(); i++) {
                translations.put(places.get(i), group.get(i));
            }
        });
        return IntStream.range(0, sentences.size()).mapToObj(translations::get).toList();
    }

    /**
     * Asks whether the model can keep constraints, which {@link #translate} and a session refuse otherwise.
     *
     * @throws UnkeepableConstraintException if the prefix or a required phrase has a banned phrase in it, or a character that the model cannot
     *     write; the message names it
     */
    default void check(TranslationConstraints constraints) {}

    /**
     * Opens a decoder's rows to sentences that come one by one.
     *
     * @throws IllegalStateException if the translator is closed
     */
    TranslationSession openSession();

    /** The longest sentence, in tokens, that {@link #translate} accepts. */
    int maximumSourceTokens();

    /** Number of source tokens of {@code sentence}: the unit in which queues and limits are measured. */
    int countTokens(String sentence);

    /** For people: what does the arithmetic and in which precision, such as {@code int8 kernels (avx512)}; empty where that is not known. */
    default String computedBy() {
        return "";
    }

    /** How evenly each mixture layer has used its experts since the model was opened, bottom to top; empty for a dense model. */
    default List<ExpertUse> expertUse() {
        return List.of();
    }

    /** Frees the model, after the translations under way in other threads have returned. Sessions are closed with it. Closing again does nothing. */
    @Override
    void close();
}
