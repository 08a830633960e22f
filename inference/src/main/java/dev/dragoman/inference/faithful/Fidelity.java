package dev.dragoman.inference.faithful;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Whether a translation has what was to arrive, no more and no less. */
final class Fidelity {
    private Fidelity() {}

    /**
     * Whether each slot is there once, its content as often as in the source even where the model wrote it itself, and what is filled by
     * its place in the order of the source; tags that belong together around something, as they were, and the others in their order.
     */
    static boolean holds(SlottedText source, SlottedText target) {
        if (source.slots().isEmpty()) {
            return target.slots().isEmpty();
        }
        if (!sorted(source.slots()).equals(sorted(target.slots()))
                || !ordered(source).equals(ordered(target))) {
            return false;
        }
        if (source.hasTags() && !TagPairs.areKept(source, target)) {
            return false;
        }
        SlotContents contents = new SlotContents(source);
        return contents.count(source.content()).equals(contents.count(target.content()));
    }

    private static List<Slot> sorted(List<Slot> slots) {
        List<Slot> sorted = new ArrayList<>(slots);
        sorted.sort(Comparator.comparing(Slot::content).thenComparing(Slot::kind));
        return sorted;
    }

    private static List<Slot> ordered(SlottedText text) {
        return text.slots().stream()
                .filter(slot -> slot.kind() == Slot.Kind.POSITIONAL)
                .toList();
    }
}
