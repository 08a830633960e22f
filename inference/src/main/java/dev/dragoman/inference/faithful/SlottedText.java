package dev.dragoman.inference.faithful;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A text in which each part that arrives as it was sent is one character, {@link #OBJECT}.
 *
 * @param text with as many objects as there are slots
 * @param slots in the order of the text; the k-th object stands for the k-th slot
 */
public record SlottedText(String text, List<Slot> slots) {
    /** U+FFFC, which Unicode made for what is not text itself. One that a text has of its own becomes a slot. */
    public static final char OBJECT = '\uFFFC';

    public SlottedText {
        slots = List.copyOf(slots);
        int objects = count(text, 0, text.length());
        if (objects != slots.size()) {
            throw new IllegalArgumentException(
                    "text must have one object for each of " + slots.size() + " slots, but has " + objects);
        }
    }

    /** A text without slots. */
    public static SlottedText plain(String text) {
        return new SlottedText(text, List.of());
    }

    /** The text with the content of its slots. */
    public String content() {
        return slots.isEmpty() ? text : render(UnaryOperator.identity(), Slot::content);
    }

    /** The text with what is made of its parts and of its slots. */
    public String render(UnaryOperator<String> text, Function<Slot, String> slot) {
        StringBuilder rendered = new StringBuilder();
        int start = 0;
        for (Slot next : slots) {
            int end = this.text.indexOf(OBJECT, start);
            rendered.append(text.apply(this.text.substring(start, end))).append(slot.apply(next));
            start = end + 1;
        }
        return rendered.append(text.apply(this.text.substring(start))).toString();
    }

    /** The part between two places of {@link #text()}, with its slots. */
    public SlottedText slice(int from, int to) {
        if (slots.isEmpty()) {
            return plain(text.substring(from, to));
        }
        int first = objectsBefore(from);
        return new SlottedText(text.substring(from, to), slots.subList(first, first + objectsIn(from, to)));
    }

    private int objectsBefore(int end) {
        return objectsIn(0, end);
    }

    private int objectsIn(int from, int to) {
        return count(text, from, to);
    }

    private static int count(String text, int from, int to) {
        int objects = 0;
        for (int i = text.indexOf(OBJECT, from); i >= 0 && i < to; i = text.indexOf(OBJECT, i + 1)) {
            objects++;
        }
        return objects;
    }

    /** Whether there is a letter outside the slots, so that there is something to translate. */
    public boolean hasLetter() {
        int next = 0;
        while (next < text.length()) {
            int c = text.codePointAt(next);
            if (Character.isLetter(c)) {
                return true;
            }
            next += Character.charCount(c);
        }
        return false;
    }

    /** Cuts a text from its beginning on; together the parts take time in proportion to it. */
    public static final class Slicer {
        private final SlottedText text;
        private int end;
        private int slots;

        /** Begins at the beginning. */
        public Slicer(SlottedText text) {
            this.text = text;
        }

        /** The part from the end of the last one to {@code next}. */
        public SlottedText to(int next) {
            String part = text.text.substring(end, next);
            int first = slots;
            slots += count(part, 0, part.length());
            end = next;
            return new SlottedText(part, text.slots.subList(first, slots));
        }
    }

    /** Whether tags are among the slots. */
    public boolean hasTags() {
        return !slots.isEmpty() && slots.stream().anyMatch(slot -> slot.kind() == Slot.Kind.TAG);
    }

    /** The text without its tags. */
    SlottedText withoutTags() {
        if (!hasTags()) {
            return this;
        }
        String others = render(part -> part, slot -> slot.kind() == Slot.Kind.TAG ? "" : String.valueOf(OBJECT));
        return new SlottedText(
                others,
                slots.stream().filter(slot -> slot.kind() != Slot.Kind.TAG).toList());
    }

    /** Some texts behind one another. */
    public static SlottedText join(List<SlottedText> parts) {
        StringBuilder text = new StringBuilder();
        List<Slot> slots = new ArrayList<>();
        for (SlottedText part : parts) {
            text.append(part.text);
            slots.addAll(part.slots);
        }
        return new SlottedText(text.toString(), slots);
    }
}
