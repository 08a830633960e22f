package dev.dragoman.app.translation;

import java.util.Set;

/**
 * How texts are read.
 *
 * @param markup whether tags are kept as they are and the text between them is translated
 * @param splitting where sentences end
 * @param ignoredTags names of elements, in lower case, that are kept as they are with all that is in them; only with markup
 * @param outline which tags end a sentence; only with markup
 */
public record TextForm(Markup markup, Splitting splitting, Set<String> ignoredTags, Outline outline) {
    /** Plain text, cut at sentences and lines. */
    public static final TextForm PLAIN = new TextForm(Markup.NONE, Splitting.SENTENCES_AND_LINES, Set.of());

    /** HTML: line breaks in it mean no more than spaces. */
    public static final TextForm HTML = new TextForm(Markup.HTML, Splitting.SENTENCES, Set.of());

    public TextForm {
        ignoredTags = Set.copyOf(ignoredTags);
    }

    /** Where tags tell by themselves which of them end a sentence. */
    public TextForm(Markup markup, Splitting splitting, Set<String> ignoredTags) {
        this(markup, splitting, ignoredTags, Outline.DETECTED);
    }

    /**
     * Which tags end a sentence. Names are in lower case.
     *
     * @param splitting names of those that always do
     * @param nonSplitting names of those that never do, unless they are among {@code splitting} as well
     * @param isDetected whether others do that look like it; without effect on HTML, whose names tell
     */
    public record Outline(Set<String> splitting, Set<String> nonSplitting, boolean isDetected) {
        /** As far as it shows. */
        public static final Outline DETECTED = new Outline(Set.of(), Set.of(), true);

        public Outline {
            splitting = Set.copyOf(splitting);
            nonSplitting = Set.copyOf(nonSplitting);
        }
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
