package dev.dragoman.inference;

import java.util.List;

/**
 * What the translation of one sentence has to begin with, to contain and not to contain, as text.
 *
 * <p>All of it is read as the tokenizer normalises text, and case matters. A phrase is there where it stands as whole words: no letter, digit
 * or mark is beside it, unless the phrase itself ends in something else, or is in a script that does not part words by spaces.
 *
 * <ul>
 *   <li>The prefix is the beginning of the translation. It is taken as whole pieces; its last word may go on: {@code Trans} may
 *       become {@code Translation}. White space around it does not count.
 *   <li>No banned phrase is in the translation, however it is spelt in pieces; a capital behind a small letter counts as the beginning of a word
 *       here. A longer word is not that phrase, but may be lost with it
 *       where the model would write it in pieces of which the first ones are the phrase.
 *   <li>Each required phrase is there as often as it is listed; occurrences may overlap. Only at the maximum length may one be missing, which
 *       {@link Translation.Hypothesis#unmet()} tells.
 * </ul>
 *
 * @param prefix empty for none
 * @param banned at most {@value #MAXIMUM_BANNED}
 * @param required at most {@value #MAXIMUM_REQUIRED}; a beam is shared among those that have met more and less of them, so it should have
 *     {@link #beamSize} places
 */
public record TranslationConstraints(String prefix, List<String> banned, List<String> required) {
    /** No constraint. */
    public static final TranslationConstraints NONE = new TranslationConstraints("", List.of(), List.of());

    /** The most banned phrases: each may cost every step of the search a look at one more continuation. */
    public static final int MAXIMUM_BANNED = 100;

    /** The most required phrases, which lengthen the target. */
    public static final int MAXIMUM_REQUIRED = 20;

    /** The most code points of a phrase. */
    public static final int MAXIMUM_CHARACTERS = 100;

    /** The most code points of the prefix. */
    public static final int MAXIMUM_PREFIX_CHARACTERS = 1000;

    private static final int LEAST_BEAM = 8;
    private static final int BEAM_PER_PHRASE = 4;
    private static final int WIDEST_BEAM = 16;

    /** @throws IllegalArgumentException if there are too many phrases, or one is blank or too long; the message names limit and value */
    public TranslationConstraints {
        banned = List.copyOf(banned);
        required = List.copyOf(required);
        require("banned", banned, MAXIMUM_BANNED);
        require("required", required, MAXIMUM_REQUIRED);
        if (prefix.codePointCount(0, prefix.length()) > MAXIMUM_PREFIX_CHARACTERS) {
            throw new IllegalArgumentException("prefix must have at most " + MAXIMUM_PREFIX_CHARACTERS
                    + " characters, but has " + prefix.codePointCount(0, prefix.length()));
        }
    }

    private static void require(String name, List<String> phrases, int limit) {
        if (phrases.size() > limit) {
            throw new IllegalArgumentException(
                    name + " must have at most " + limit + " phrases, but has " + phrases.size());
        }
        for (int i = 0; i < phrases.size(); i++) {
            int characters = phrases.get(i).codePointCount(0, phrases.get(i).length());
            if (phrases.get(i).isBlank() || characters > MAXIMUM_CHARACTERS) {
                throw new IllegalArgumentException(name + "[" + i + "] must have from 1 to " + MAXIMUM_CHARACTERS
                        + " characters and not be blank, but has " + characters);
            }
        }
    }

    /** Whether the translation may be anything. */
    public boolean isEmpty() {
        return prefix.isEmpty() && banned.isEmpty() && required.isEmpty();
    }

    /** The beam that these constraints need where {@code beamSize} would do without: 8 and 4 more for each required phrase, 16 at most. */
    public int beamSize(int beamSize) {
        return required.isEmpty()
                ? beamSize
                : Math.max(beamSize, Math.min(WIDEST_BEAM, LEAST_BEAM + BEAM_PER_PHRASE * required.size()));
    }
}
