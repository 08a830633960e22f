package dev.dragoman.inference.faithful;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a sentence is shown to a model, and how its slots are found again in what the model makes of it.
 *
 * <p>A slot is shown as it is, or as a stand-in: a mark with a number. A model has to have seen the marks in its training to copy them;
 * the default model knows {@code %1} from the strings of Qt programs, and copies it more reliably than any other that was measured.
 */
public enum Rendering {
    /** Every slot as it is. */
    AS_IT_IS("", ""),
    /** {@code %1}, {@code %2} and so on. */
    PERCENT("%", ""),
    /** {@code $1}, {@code $2} and so on. */
    DOLLAR("$", ""),
    /** <code>{0}</code>, <code>{1}</code> and so on. */
    BRACES("{", "}"),
    /** {@code X1}, {@code X2} and so on. */
    LETTER("X", ""),
    /** {@code 701}, {@code 702} and so on: numbers, which few texts have. */
    NUMBER("70", "");

    private static final char REPLACEMENT = '\uFFFD';

    private final String before;
    private final String behind;

    Rendering(String before, String behind) {
        this.before = before;
        this.behind = behind;
    }

    /** The sentence for the model. */
    public String render(SlottedText sentence) {
        if (this == AS_IT_IS || sentence.slots().isEmpty()) {
            return sentence.content();
        }
        int[] index = {0};
        return sentence.render(text -> text, slot -> before + ++index[0] + behind);
    }

    /**
     * The translation with its slots, as far as they are found; null where a stand-in is missing or there twice.
     *
     * @param source what was rendered
     * @param target what the model made of it
     */
    public @Nullable SlottedText parse(SlottedText source, String target) {
        if (source.slots().isEmpty()) {
            return SlottedText.plain(target.replace(SlottedText.OBJECT, REPLACEMENT));
        }
        return this == AS_IT_IS ? parseContents(source, target) : parseStandIns(source, target);
    }

    /** What a model writes of its own; an object would be taken for a slot. */
    private static char literal(char c) {
        return c == SlottedText.OBJECT ? REPLACEMENT : c;
    }

    private static SlottedText parseContents(SlottedText source, String target) {
        SlotContents contents = new SlotContents(source);
        List<Slot> unused = new ArrayList<>(source.slots());
        List<Slot> slots = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < target.length()) {
            String content = contents.at(target, at);
            Slot slot = content == null ? null : take(unused, content);
            if (slot == null) {
                text.append(literal(target.charAt(at++)));
            } else {
                text.append(SlottedText.OBJECT);
                slots.add(slot);
                at += Objects.requireNonNull(content).length();
            }
        }
        return new SlottedText(text.toString(), slots);
    }

    private static @Nullable Slot take(List<Slot> unused, String content) {
        for (Slot slot : unused) {
            if (slot.content().equals(content) && slot.kind() != Slot.Kind.TAG) {
                unused.remove(slot);
                return slot;
            }
        }
        return null;
    }

    private @Nullable SlottedText parseStandIns(SlottedText source, String target) {
        boolean[] used = new boolean[source.slots().size()];
        List<Slot> slots = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < target.length()) {
            int end = endOfStandIn(target, at);
            int index = end < 0 ? -1 : index(target, at, end);
            if (index < 0 || index >= used.length) {
                text.append(literal(target.charAt(at++)));
                continue;
            }
            if (used[index]) {
                return null;
            }
            used[index] = true;
            text.append(SlottedText.OBJECT);
            slots.add(source.slots().get(index));
            at = end;
        }
        return slots.size() == used.length ? new SlottedText(text.toString(), slots) : null;
    }

    private int endOfStandIn(String target, int at) {
        if (!target.startsWith(before, at) || isGlued(target, at)) {
            return -1;
        }
        int digits = at + before.length();
        int end = digits;
        while (end < target.length() && target.charAt(end) >= '0' && target.charAt(end) <= '9') {
            end++;
        }
        // Six digits are more than any sentence has slots.
        return end > digits && end - digits < 6 && target.startsWith(behind, end) ? end + behind.length() : -1;
    }

    private boolean isGlued(String target, int at) {
        return at > 0
                && Character.isLetterOrDigit(before.charAt(0))
                && Character.isLetterOrDigit(target.charAt(at - 1));
    }

    private int index(String target, int at, int end) {
        return Integer.parseInt(target.substring(at + before.length(), end - behind.length())) - 1;
    }
}
