package dev.dragoman.app.translation;

import dev.dragoman.inference.faithful.Slot;
import dev.dragoman.inference.faithful.SlottedText;
import java.util.ArrayList;
import java.util.List;

/** Puts a text together from text and slots. */
final class SlottedTextBuilder {
    private final StringBuilder text = new StringBuilder();
    private final List<Slot> slots = new ArrayList<>();

    /** Adds text, in which an object of its own becomes a slot. */
    SlottedTextBuilder text(String added) {
        text.append(added);
        for (int i = added.indexOf(SlottedText.OBJECT); i >= 0; i = added.indexOf(SlottedText.OBJECT, i + 1)) {
            slots.add(new Slot(String.valueOf(SlottedText.OBJECT), Slot.Kind.WORD));
        }
        return this;
    }

    SlottedTextBuilder slot(Slot slot) {
        text.append(SlottedText.OBJECT);
        slots.add(slot);
        return this;
    }

    SlottedText build() {
        return new SlottedText(text.toString(), slots);
    }
}
