package dev.dragoman.inference.faithful;

import dev.dragoman.inference.TranslationConstraints;
import dev.dragoman.inference.phrase.Glossary;
import java.util.List;

/**
 * What the translations of a text's sentences have to be.
 *
 * <p>Terms are looked for outside the slots, and across tags. What is banned may be in the content of a slot, which is not the model's.
 *
 * @param prefix beginning of the translation of the first sentence; empty for none
 * @param banned phrases that no translation may have
 * @param glossary terms that the translation of a sentence must have where the sentence has them; of the first
 *     {@value TranslationConstraints#MAXIMUM_REQUIRED} occurrences in a sentence
 */
public record SentenceConstraints(String prefix, List<String> banned, Glossary glossary) {
    /** Translations may be anything. */
    public static final SentenceConstraints NONE = new SentenceConstraints("", List.of(), Glossary.EMPTY);

    public SentenceConstraints {
        banned = List.copyOf(banned);
    }

    /** Whether all translations may be anything. */
    public boolean isEmpty() {
        return prefix.isEmpty() && banned.isEmpty() && glossary.terms().isEmpty();
    }

    /** Those of one sentence. */
    public TranslationConstraints of(SlottedText sentence, boolean isFirst) {
        if (isEmpty()) {
            return TranslationConstraints.NONE;
        }
        List<String> required = glossary.targets(sentence.withoutTags().text());
        TranslationConstraints constraints = new TranslationConstraints(
                isFirst ? prefix : "",
                banned,
                required.subList(0, Math.min(required.size(), TranslationConstraints.MAXIMUM_REQUIRED)));
        return constraints.isEmpty() ? TranslationConstraints.NONE : constraints;
    }
}
