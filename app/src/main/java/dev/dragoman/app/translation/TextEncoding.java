package dev.dragoman.app.translation;

import dev.dragoman.inference.faithful.Slot;
import dev.dragoman.inference.faithful.SlottedText;

/** How a text is written in the answer. */
enum TextEncoding {
    /** As it is. */
    PLAIN {
        @Override
        String encode(String text) {
            return text;
        }
    },
    /** Between tags, where {@code <} would begin one. */
    MARKUP {
        @Override
        String encode(String text) {
            return Entities.encode(text);
        }
    };

    abstract String encode(String text);

    /** A text with its slots; what was markup is markup again. */
    String encode(SlottedText text) {
        return text.render(
                this::encode,
                slot -> slot.kind() == Slot.Kind.TAG || slot.kind() == Slot.Kind.ELEMENT
                        ? slot.content()
                        : encode(slot.content()));
    }
}
