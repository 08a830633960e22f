package dev.dragoman.inference.faithful;

/**
 * A part of a text that arrives as it was sent.
 *
 * @param content its characters, at least one
 * @param kind what may happen to it on the way
 */
public record Slot(String content, Kind kind) {
    /** What a reader of the sentence makes of a slot. */
    public enum Kind {
        /** Stands for a word or a number, and may stand elsewhere in the translation. */
        WORD,
        /** A placeholder that is filled by its place, such as {@code %s} or <code>{}</code>: such keep their order among themselves. */
        POSITIONAL,
        /** Markup that stands for a word, such as an element that is kept as a whole; a model is never shown it. */
        ELEMENT,
        /** No part of the sentence itself, but at a place in it: markup that begins, ends or stands there, or white space. A model is not shown it. */
        TAG
    }

    public Slot {
        if (content.isEmpty()) {
            throw new IllegalArgumentException("content must have at least one character");
        }
    }
}
