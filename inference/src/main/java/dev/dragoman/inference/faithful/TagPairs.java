package dev.dragoman.inference.faithful;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which tags begin and end something together. A tag is one of markup, {@code <name ...>}, {@code </name>}; anything else stands alone. */
public final class TagPairs {
    private static final Pattern TAG = Pattern.compile("<(/?)([^\\s/>]+)[^>]*?(/?)>", Pattern.DOTALL);

    private TagPairs() {}

    /**
     * The partner of each tag.
     *
     * @return {@code [tags]}, indices; -1 for a tag that stands alone or whose partner is missing
     */
    public static int[] partners(List<Slot> tags) {
        int[] partners = new int[tags.size()];
        Arrays.fill(partners, -1);
        String[] names = new String[partners.length];
        Deque<Integer> open = new ArrayDeque<>();
        Map<String, Integer> openNames = new HashMap<>();
        for (int i = 0; i < partners.length; i++) {
            Matcher tag = TAG.matcher(tags.get(i).content());
            if (!tag.lookingAt() || !tag.group(3).isEmpty()) {
                continue;
            }
            String name = tag.group(2).toLowerCase(Locale.ROOT);
            names[i] = name;
            if (tag.group(1).isEmpty()) {
                open.push(i);
                openNames.merge(name, 1, Integer::sum);
            } else if (openNames.getOrDefault(name, 0) > 0) {
                // What was begun in between has no end.
                int opening;
                do {
                    opening = open.pop();
                    openNames.merge(names[opening], -1, Integer::sum);
                } while (!names[opening].equals(name));
                partners[i] = opening;
                partners[opening] = i;
            }
        }
        return partners;
    }

    /** Whether pairs are pairs still, around something where they were, and the other tags in their order. */
    static boolean areKept(SlottedText source, SlottedText target) {
        return shape(source).equals(shape(target));
    }

    /** The pairs in an order that does not depend on theirs, then the others in theirs. */
    private static List<String> shape(SlottedText text) {
        List<Slot> tags = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        int slot = 0;
        for (int i = 0; i < text.text().length(); i++) {
            if (text.text().charAt(i) == SlottedText.OBJECT) {
                Slot next = text.slots().get(slot++);
                if (next.kind() == Slot.Kind.TAG) {
                    tags.add(next);
                    ends.add(i);
                }
            }
        }
        int[] partners = partners(tags);
        List<String> pairs = new ArrayList<>();
        List<String> alone = new ArrayList<>();
        for (int i = 0; i < partners.length; i++) {
            if (partners[i] < 0) {
                alone.add(tags.get(i).content());
            } else if (partners[i] > i) {
                String inside = text.text().substring(ends.get(i), ends.get(partners[i]));
                boolean isEmpty = inside.chars().allMatch(c -> c == SlottedText.OBJECT || Character.isWhitespace(c));
                pairs.add(tags.get(i).content() + tags.get(partners[i]).content() + (isEmpty ? "" : "*"));
            }
        }
        pairs.sort(null);
        pairs.addAll(alone);
        return pairs;
    }
}
