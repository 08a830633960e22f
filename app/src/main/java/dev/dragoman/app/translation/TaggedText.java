package dev.dragoman.app.translation;

import dev.dragoman.inference.faithful.Slot;
import dev.dragoman.inference.faithful.SlottedText;
import dev.dragoman.inference.faithful.TagPairs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text whose tags stand aside while it is cut into sentences: for what ends a sentence a tag is not there.
 *
 * <p>A tag at the edge of a sentence is kept outside of it, unless the tag that it belongs to is inside.
 */
final class TaggedText {
    /**
     * A tag.
     *
     * @param place where it stands in the bare text
     * @param partner where the tag that begins or ends with it stands; -1 if there is none
     */
    private record Tag(Slot slot, int place, int partner) {}

    private final SlottedText bare;
    private final List<Tag> tags;

    private TaggedText(SlottedText bare, List<Tag> tags) {
        this.bare = bare;
        this.tags = tags;
    }

    static TaggedText of(SlottedText text) {
        if (!text.hasTags()) {
            return new TaggedText(text, List.of());
        }
        StringBuilder bare = new StringBuilder();
        List<Slot> others = new ArrayList<>();
        List<Slot> slots = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        int next = 0;
        for (char c : text.text().toCharArray()) {
            Slot slot = c == SlottedText.OBJECT ? text.slots().get(next++) : null;
            if (slot != null && slot.kind() == Slot.Kind.TAG) {
                slots.add(slot);
                places.add(bare.length());
                continue;
            }
            bare.append(c);
            if (slot != null) {
                others.add(slot);
            }
        }
        int[] partners = TagPairs.partners(slots);
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < slots.size(); i++) {
            tags.add(new Tag(slots.get(i), places.get(i), partners[i] < 0 ? -1 : places.get(partners[i])));
        }
        return new TaggedText(new SlottedText(bare.toString(), others), tags);
    }

    /** The text without tags; other slots are objects in it. */
    String bare() {
        return bare.text();
    }

    /**
     * A sentence, and what stands between it and the one before.
     *
     * @param sentence null behind the last
     */
    record Cut(SlottedText gap, @Nullable SlottedText sentence) {}

    /** Cuts the text, with its tags, into sentences of the bare text in their order. */
    List<Cut> cut(List<String> sentences) {
        SlottedText.Slicer slicer = new SlottedText.Slicer(bare);
        List<Cut> cuts = new ArrayList<>();
        int next = 0;
        int end = 0;
        for (String sentence : sentences) {
            int start = bare.text().indexOf(sentence, end);
            int sentenceEnd = start + sentence.length();
            int firstInside = next;
            while (firstInside < tags.size()
                    && !isInside(tags.get(firstInside), start, sentenceEnd)
                    && tags.get(firstInside).place() <= start) {
                firstInside++;
            }
            int firstBehind = firstInside;
            while (firstBehind < tags.size()
                    && (tags.get(firstBehind).place() < sentenceEnd
                            || isInside(tags.get(firstBehind), start, sentenceEnd))) {
                firstBehind++;
            }
            SlottedText gap = with(slicer, start, next, firstInside);
            cuts.add(new Cut(gap, with(slicer, sentenceEnd, firstInside, firstBehind)));
            next = firstBehind;
            end = sentenceEnd;
        }
        cuts.add(new Cut(with(slicer, bare.text().length(), next, tags.size()), null));
        return cuts;
    }

    private static boolean isInside(Tag tag, int start, int end) {
        boolean isAtEdge = tag.place() == start || tag.place() == end;
        return isStrictlyInside(tag.place(), start, end) || (isAtEdge && isStrictlyInside(tag.partner(), start, end));
    }

    private static boolean isStrictlyInside(int place, int start, int end) {
        return place > start && place < end;
    }

    /** The next part of the bare text with some of the tags, all of which stand in it or at its edges. */
    private SlottedText with(SlottedText.Slicer slicer, int end, int firstTag, int endTag) {
        if (firstTag == endTag) {
            return slicer.to(end);
        }
        List<SlottedText> parts = new ArrayList<>();
        for (Tag tag : tags.subList(firstTag, endTag)) {
            parts.add(slicer.to(tag.place()));
            parts.add(new SlottedText(String.valueOf(SlottedText.OBJECT), List.of(tag.slot())));
        }
        parts.add(slicer.to(end));
        return SlottedText.join(parts);
    }
}
