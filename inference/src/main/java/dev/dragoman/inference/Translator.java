package dev.dragoman.inference;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

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
     * @throws IllegalArgumentException if the pair is not served, or a sentence is too long; the message names limit and value
     * @throws IllegalStateException if the translator is closed, or its network returns numbers that are no probabilities
     */
    List<Translation> translate(List<String> sentences, LanguagePair pair, TranslationOptions options);

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
