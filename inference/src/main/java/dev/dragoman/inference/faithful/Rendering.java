package dev.dragoman.inference.faithful;

import dev.dragoman.inference.Translation.Hypothesis;
import dev.dragoman.inference.faithful.TagPlacement.Placed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a sentence is shown to a model, and how its slots are found again in what the model makes of it.
 *
 * <p>A slot is shown as it is, or as a stand-in: a mark with a number. A model has to have seen the marks in its training to copy them;
 * the default model knows {@code %1} from the strings of Qt programs, and copies it more reliably than any other that was measured.
 */
public enum Rendering {
    /** Every slot as it is, but for elements: these as {@code %1} and so on. */
    AS_IT_IS("%", ""),
    /** {@code %1}, {@code %2} and so on. */
    PERCENT("%", ""),
    /** {@code $1}, {@code $2} and so on. */
    DOLLAR("$", ""),
    /** <code>{1}</code>, <code>{2}</code> and so on. */
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

    /** The sentence for the model: without its tags. */
    public String render(SlottedText sentence) {
        return render(sentence, new ArrayList<>());
    }

    private String render(SlottedText sentence, List<Integer> tagOffsets) {
        StringBuilder rendered = new StringBuilder();
        int start = 0;
        int index = 0;
        for (Slot slot : sentence.slots()) {
            int end = sentence.text().indexOf(SlottedText.OBJECT, start);
            rendered.append(sentence.text(), start, end);
            start = end + 1;
            if (slot.kind() == Slot.Kind.TAG) {
                tagOffsets.add(rendered.length());
                continue;
            }
            index++;
            rendered.append(isShown(slot) ? slot.content() : standIn(index));
        }
        return rendered.append(sentence.text(), start, sentence.text().length()).toString();
    }

    private boolean isShown(Slot slot) {
        return this == AS_IT_IS && slot.kind() != Slot.Kind.ELEMENT;
    }

    private String standIn(int index) {
        return before + index + behind;
    }

    /**
     * The translation with its slots, as far as they are found; null where a stand-in is missing or there twice, or where the alignment does
     * not tell where a tag belongs.
     *
     * @param source what was rendered
     * @param target what the model made of it
     */
    public @Nullable SlottedText parse(SlottedText source, Hypothesis target) {
        // The white space around a sentence is not the model's.
        String text = target.text().strip();
        SlottedText bare = source.withoutTags();
        if (bare == source) {
            return parse(source, text, List.of());
        }
        List<Slot> tags = source.slots().stream()
                .filter(slot -> slot.kind() == Slot.Kind.TAG)
                .toList();
        List<Integer> offsets = new ArrayList<>();
        String shown = render(source, offsets);
        List<Placed> placed = TagPlacement.place(shown, tags, offsets, text, target.alignment());
        return placed == null ? null : parse(bare, text, placed);
    }

    private @Nullable SlottedText parse(SlottedText source, String target, List<Placed> tags) {
        SlotContents contents = new SlotContents(source);
        boolean[] used = new boolean[source.slots().size()];
        List<Slot> slots = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        int tag = 0;
        int at = 0;
        while (at < target.length() || tag < tags.size()) {
            if (tag < tags.size() && tags.get(tag).place() <= at) {
                slots.add(tags.get(tag++).tag());
                text.append(SlottedText.OBJECT);
                continue;
            }
            int end = endOfStandIn(target, at);
            int index = end < 0 ? -1 : index(target, at, end);
            if (index >= 0 && index < used.length && !isShown(source.slots().get(index))) {
                if (used[index]) {
                    return null;
                }
            } else {
                String content = contents.at(target, at);
                index = content == null ? -1 : unused(source.slots(), used, content);
                end = content == null ? at : at + content.length();
            }
            if (index < 0) {
                text.append(literal(target.charAt(at++)));
            } else {
                used[index] = true;
                slots.add(source.slots().get(index));
                text.append(SlottedText.OBJECT);
                at = end;
            }
        }
        boolean isWhole = slots.size() == used.length + tags.size();
        return isWhole || this == AS_IT_IS ? new SlottedText(text.toString(), slots) : null;
    }

    /** The next slot with this content that the model was shown as it is; -1 if there is none. */
    private int unused(List<Slot> slots, boolean[] used, String content) {
        for (int i = 0; i < used.length; i++) {
            if (!used[i] && isShown(slots.get(i)) && slots.get(i).content().equals(content)) {
                return i;
            }
        }
        return -1;
    }

    /** What a model writes of its own; an object would be taken for a slot. */
    private static char literal(char c) {
        return c == SlottedText.OBJECT ? REPLACEMENT : c;
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
