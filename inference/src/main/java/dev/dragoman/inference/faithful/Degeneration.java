package dev.dragoman.inference.faithful;

import dev.dragoman.inference.Translation.Hypothesis;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ways in which a search ends with something that is no translation. */
public enum Degeneration {
    /** Nothing was written, or no letter where the source has some. */
    EMPTY,
    /** A fraction of what the source says. */
    SHORT,
    /** The same words again and again. */
    REPEATED,
    /** It did not end before the length limit. */
    TRUNCATED;

    /** Words that may be repeated together; a loop of more has met the length limit before it is seen. */
    private static final int LONGEST_PERIOD = 40;

    /** Repetitions from which on it is a loop, if the source has none like it. A single word takes one more: {@code very, very, very}. */
    private static final int LOOP = 3;

    private static final int LONG_WORD = 24;
    private static final int LOOP_IN_WORD = 8;

    /** A source of fewer tokens may well become a single one. */
    private static final int SHORTEST_JUDGED = 16;

    private static final int SHORT_FRACTION = 6;

    /**
     * How a translation is none, or null if it may be one.
     *
     * @param source the sentence as the model read it
     * @param sourceTokens its number of tokens
     */
    public static @Nullable Degeneration of(String source, int sourceTokens, Hypothesis hypothesis) {
        String target = hypothesis.text();
        if (target.isBlank() || (hasLetter(source) && !hasLetter(target))) {
            return EMPTY;
        }
        if (hypothesis.truncated()) {
            return TRUNCATED;
        }
        if (sourceTokens >= SHORTEST_JUDGED && hypothesis.tokens() * SHORT_FRACTION < sourceTokens) {
            return SHORT;
        }
        List<String> words = words(target);
        int repetitions = repetitions(words);
        return (repetitions >= LOOP && repetitions > repetitions(words(source)))
                        || (hasLoopInWord(words) && !hasLoopInWord(words(source)))
                ? REPEATED
                : null;
    }

    private static boolean hasLetter(String text) {
        return text.codePoints().anyMatch(Character::isLetter);
    }

    /** Runs of letters and digits; a character of a script without spaces is a word. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= text.length(); ) {
            int c = i < text.length() ? text.codePointAt(i) : ' ';
            boolean isAlone = Character.isIdeographic(c);
            boolean isPart = Character.isLetterOrDigit(c) && !isAlone;
            if (!isPart && start >= 0) {
                words.add(text.substring(start, i));
                start = -1;
            } else if (isPart && start < 0) {
                start = i;
            }
            if (isAlone) {
                words.add(Character.toString(c));
            }
            i += Character.charCount(c);
        }
        return words;
    }

    /** The most times that some words stand behind one another; single words count one less. */
    private static int repetitions(List<String> words) {
        int most = 0;
        int longest = Math.min(LONGEST_PERIOD, words.size() / LOOP);
        for (int period = 1; period <= longest; period++) {
            int equal = 0;
            for (int i = period; i < words.size(); i++) {
                equal = words.get(i).equals(words.get(i - period)) ? equal + 1 : 0;
                int times = 1 + equal / period;
                most = Math.max(most, period == 1 ? times - 1 : times);
            }
        }
        return most;
    }

    private static boolean hasLoopInWord(List<String> words) {
        for (String word : words) {
            for (int period = 1; word.length() >= LONG_WORD && period <= 3; period++) {
                int equal = 0;
                for (int i = period; i < word.length(); i++) {
                    equal = word.charAt(i) == word.charAt(i - period) ? equal + 1 : 0;
                    if (1 + equal / period >= LOOP_IN_WORD) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
