package dev.dragoman.inference;

import java.util.List;

/**
 * A text cut into sentences, which knows the white space and line breaks around them.
 *
 * <p>Law: {@code join(sentences())} is the text that was cut, character for character.
 */
public interface Segmentation {
    /** The sentences in the order of the text, none of them blank; empty for a blank text. */
    List<String> sentences();

    /**
     * Puts a text together from one string per sentence, in the same order, with the original white space around them.
     *
     * @throws IllegalArgumentException if there are more or fewer strings than sentences
     */
    String join(List<String> translated);
}
