package dev.dragoman.app.translation;

import java.util.Set;

/**
 * How texts are read.
 *
 * @param markup whether tags are kept as they are and the text between them is translated
 * @param splitting where sentences end
 * @param ignoredTags names of elements, in lower case, that are kept as they are with all that is in them; only with markup
 */
public record TextForm(Markup markup, Splitting splitting, Set<String> ignoredTags) {
    /** Plain text, cut at sentences and lines. */
    public static final TextForm PLAIN = new TextForm(Markup.NONE, Splitting.SENTENCES_AND_LINES, Set.of());

    /** HTML: line breaks in it mean no more than spaces. */
    public static final TextForm HTML = new TextForm(Markup.HTML, Splitting.SENTENCES, Set.of());

    public TextForm {
        ignoredTags = Set.copyOf(ignoredTags);
    }

    /** What tags a text has. */
    public enum Markup {
        /** What looks like a tag is text. */
        NONE,
        HTML,
        XML
    }

    /** Where a text is cut into what a model reads at once. */
    public enum Splitting {
        SENTENCES_AND_LINES,
        /** Line breaks become spaces. */
        SENTENCES,
        /** Nowhere, unless the whole is longer than the model reads. Line breaks become spaces. */
        NOWHERE
    }
}
