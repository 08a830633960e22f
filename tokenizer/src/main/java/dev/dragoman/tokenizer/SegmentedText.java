package dev.dragoman.tokenizer;

import java.util.List;

/**
 * A text cut into sentences and the white space around them.
 *
 * <p>Law: {@code join(sentences())} is the text that was cut, character for character.
 *
 * @param sentences in the order of the text, none empty, none starting or ending with white space
 * @param whiteSpace what stands before, between and after the sentences, line breaks included; one more than there are sentences, any of
 *     them possibly empty
 */
public record SegmentedText(List<String> sentences, List<String> whiteSpace) {
    public SegmentedText {
        sentences = List.copyOf(sentences);
        whiteSpace = List.copyOf(whiteSpace);
        if (whiteSpace.size() != sentences.size() + 1) {
            throw new IllegalArgumentException(sentences.size() + " sentences have " + (sentences.size() + 1)
                    + " places for white space around them, not " + whiteSpace.size());
        }
    }

    /**
     * Puts a text together from one string per sentence, in the same order, with the white space of this text around them.
     *
     * @throws IllegalArgumentException if there are more or fewer strings than sentences
     */
    public String join(List<String> translated) {
        if (translated.size() != sentences.size()) {
            throw new IllegalArgumentException(translated.size() + " strings for " + sentences.size() + " sentences");
        }
        StringBuilder text = new StringBuilder(whiteSpace.get(0));
        for (int i = 0; i < translated.size(); i++) {
            text.append(translated.get(i)).append(whiteSpace.get(i + 1));
        }
        return text.toString();
    }
}
