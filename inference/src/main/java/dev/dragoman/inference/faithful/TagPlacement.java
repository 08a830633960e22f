package dev.dragoman.inference.faithful;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Puts the tags of a source into its translation, by the alignment of their words.
 *
 * <p>A pair of tags goes around the words that are translations of those that it was around; where these are scattered, around most of them. Punctuation at
 * the edge of a word stays outside if it was. A tag that stands alone goes where most words are on the same side of it as in the source; one that is white space, between words.
 */
final class TagPlacement {
    /**
     * A tag in the translation.
     *
     * @param place where it goes
     * @param rank of what goes to the same place: ends of pairs first, inner ones before outer ones; then what is alone; then beginnings, outer ones first
     */
    record Placed(Slot tag, int place, long rank) {}

    private static final long RANK = 1L << 32;

    private final String source;
    private final List<Slot> tags;
    private final List<Integer> offsets;
    private final String target;
    private final List<Integer> alignment;
    private final Words sourceWords;
    private final Words targetWords;
    private final List<Placed> placed = new ArrayList<>();

    private TagPlacement(
            String source, List<Slot> tags, List<Integer> offsets, String target, List<Integer> alignment) {
        this.source = source;
        this.tags = tags;
        this.offsets = offsets;
        this.target = target;
        this.alignment = alignment;
        this.sourceWords = Words.of(source);
        this.targetWords = Words.of(target);
    }

    /**
     * Places all tags.
     *
     * @param source as the model was shown it
     * @param offsets where each tag was in it
     * @param alignment for each word of the target the word of the source that it translates
     * @return in the order of the target; null where the alignment does not tell, or is not of these words
     */
    static @Nullable List<Placed> place(
            String source, List<Slot> tags, List<Integer> offsets, String target, List<Integer> alignment) {
        TagPlacement placement = new TagPlacement(source, tags, offsets, target, alignment);
        return placement.isAligned() && placement.placeAll() ? placement.sorted() : null;
    }

    private boolean isAligned() {
        return alignment.size() == targetWords.size()
                && alignment.stream().allMatch(word -> word >= 0 && word < sourceWords.size());
    }

    private boolean placeAll() {
        int[] partners = TagPairs.partners(tags);
        for (int i = 0; i < partners.length; i++) {
            int partner = partners[i];
            boolean isPair = partner >= 0;
            if (isPair && partner < i) {
                continue;
            }
            if (!isPair) {
                if (tags.get(i).content().isBlank() && targetWords.size() < 2) {
                    return false;
                }
                placeAlone(i);
            } else if (source.substring(offsets.get(i), offsets.get(partner)).isBlank()) {
                placeAlone(i);
                placed.add(new Placed(
                        tags.get(partner), placed.get(placed.size() - 1).place(), partner));
            } else if (!placePair(i, partner)) {
                return false;
            }
        }
        return true;
    }

    private boolean placePair(int opening, int closing) {
        int from = sourceWords.before(offsets.get(opening));
        int to = sourceWords.begunBefore(offsets.get(closing));
        int[] inside = IntStream.range(0, alignment.size())
                .filter(word -> alignment.get(word) >= from && alignment.get(word) < to)
                .toArray();
        if (inside.length == 0) {
            return false;
        }
        int[] run = longestRun(inside);
        int start = start(run[0], offsets.get(opening));
        int end = end(run[1], offsets.get(closing));
        if (start >= end) {
            return false;
        }
        placed.add(new Placed(tags.get(opening), start, RANK + (target.length() - (long) end) * tags.size() + opening));
        placed.add(
                new Placed(tags.get(closing), end, -RANK + (target.length() - (long) start) * tags.size() - opening));
        return true;
    }

    /** First and last of the words that follow one another with at most one between. */
    private static int[] longestRun(int[] words) {
        int[] best = {words[0], words[0]};
        int most = 0;
        int first = 0;
        for (int i = 0; i < words.length; i++) {
            if (i > 0 && words[i] - words[i - 1] > 2) {
                first = i;
            }
            if (i - first + 1 > most) {
                most = i - first + 1;
                best = new int[] {words[first], words[i]};
            }
        }
        return best;
    }

    private int start(int word, int offset) {
        int start = targetWords.starts().get(word);
        boolean isPunctuationInside = offset < source.length() && isPunctuation(source.charAt(offset));
        while (!isPunctuationInside && start < targetWords.ends().get(word) && isPunctuation(target.charAt(start))) {
            start++;
        }
        return start;
    }

    private int end(int word, int offset) {
        int end = targetWords.ends().get(word);
        boolean isPunctuationInside = offset > 0 && isPunctuation(source.charAt(offset - 1));
        while (!isPunctuationInside && end > targetWords.starts().get(word) && isPunctuation(target.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** Not the signs that placeholders begin with. */
    private static boolean isPunctuation(char c) {
        return switch (Character.getType(c)) {
            case Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION -> c != '{' && c != '}';
            default -> ".,;:!?\"'\u2026\u3002\uFF0C".indexOf(c) >= 0;
        };
    }

    private void placeAlone(int tag) {
        int offset = offsets.get(tag);
        int before = sourceWords.before(offset);
        int boundary = 0;
        int wrong = (int) alignment.stream().filter(word -> word < before).count();
        int least = wrong;
        for (int i = 0; i < alignment.size(); i++) {
            wrong += alignment.get(i) < before ? -1 : 1;
            if (wrong < least) {
                least = wrong;
                boundary = i + 1;
            }
        }
        if (tags.get(tag).content().isBlank()) {
            // White space within a sentence, that is, between two words of it.
            boundary = Math.max(1, Math.min(boundary, targetWords.size() - 1));
        }
        boolean isAfterWord = offset > 0 && !Character.isWhitespace(source.charAt(offset - 1));
        int place = isAfterWord && boundary > 0
                ? targetWords.ends().get(boundary - 1)
                : boundary < targetWords.size() ? targetWords.starts().get(boundary) : target.length();
        placed.add(new Placed(tags.get(tag), place, tag));
    }

    private List<Placed> sorted() {
        placed.sort(Comparator.comparingInt(Placed::place).thenComparingLong(Placed::rank));
        return placed;
    }
}
