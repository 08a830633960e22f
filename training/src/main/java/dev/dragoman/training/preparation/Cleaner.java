package dev.dragoman.training.preparation;

import dev.dragoman.training.data.HashSet64;
import dev.dragoman.training.data.SkipReason;
import dev.dragoman.training.data.TextHash;
import org.jspecify.annotations.Nullable;

/** Makes pairs plain and says which of them are not worth training on. Safe for use by many threads. */
final class Cleaner {
    private final Preparation.Cleaning limits;
    private final @Nullable LanguageCheck languages;
    private final HashSet64 heldOut;

    /**
     * A cleaner of texts in one pair of languages.
     *
     * @param languages null if the language is not looked at
     * @param heldOut hashes of the pairs of development and test sets; nothing is added to it any more
     */
    Cleaner(Preparation.Cleaning limits, @Nullable LanguageCheck languages, HashSet64 heldOut) {
        this.limits = limits;
        this.languages = languages;
        this.heldOut = heldOut;
    }

    /**
     * A pair made plain.
     *
     * @param source text
     * @param target text
     * @param reason why it is left out; null if it is kept
     * @param hash of both sides
     */
    record Cleaned(String source, String target, @Nullable SkipReason reason, long hash) {}

    /** Makes a pair plain and judges it. */
    Cleaned clean(RawPair raw) {
        if (raw.source() == null || raw.target() == null) {
            return new Cleaned("", "", SkipReason.MISSING_COLUMN, 0);
        }
        if (raw.source().indexOf('\uFFFD') >= 0 || raw.target().indexOf('\uFFFD') >= 0) {
            return new Cleaned("", "", SkipReason.NOT_UTF8, 0);
        }
        if (isGarbled(raw.source()) || isGarbled(raw.target())) {
            return new Cleaned("", "", SkipReason.GARBLED, 0);
        }
        String source = PlainText.of(raw.source());
        String target = PlainText.of(raw.target());
        long hash = hash(source, target);
        return new Cleaned(source, target, reject(source, target, hash), hash);
    }

    /** What stands for a pair among the duplicates and the held-out pairs. */
    static long hash(String source, String target) {
        return TextHash.of(source + "\t" + target);
    }

    private @Nullable SkipReason reject(String source, String target, long hash) {
        if (source.isEmpty() || target.isEmpty()) {
            return SkipReason.EMPTY_SIDE;
        }
        if (hasControlCharacter(source) || hasControlCharacter(target)) {
            return SkipReason.CONTROL_CHARACTER;
        }
        if (limits.markup() && (hasTag(source) || hasTag(target))) {
            return SkipReason.MARKUP;
        }
        if (limits.identical() && source.equals(target)) {
            return SkipReason.IDENTICAL_SIDES;
        }
        if (isTooLong(source) || isTooLong(target)) {
            return SkipReason.TOO_LONG;
        }
        int shorter = Math.min(source.length(), target.length());
        int longer = Math.max(source.length(), target.length());
        if (longer > limits.maximumLengthRatio() * shorter + limits.lengthSlack()) {
            return SkipReason.LENGTH_RATIO;
        }
        if (hasFewLetters(source) || hasFewLetters(target)) {
            return SkipReason.FEW_LETTERS;
        }
        if (heldOut.contains(hash)) {
            return SkipReason.HELD_OUT;
        }
        // Last, since it takes longest.
        return languages == null || languages.accepts(source, target) ? null : SkipReason.OTHER_LANGUAGE;
    }

    /**
     * Whether UTF-8 was once read as Latin-1 or Windows-1252: the first byte of a two-byte character, {@code Ã} or {@code Â}, is then
     * followed by a character that is no letter, and that of quotation marks, {@code â}, by a euro sign.
     */
    private static boolean isGarbled(String text) {
        for (int i = 0; i + 1 < text.length(); i++) {
            char next = text.charAt(i + 1);
            switch (text.charAt(i)) {
                case '\u00C2', '\u00C3' -> {
                    if (next >= '\u0080' && next <= '\u00BF') {
                        return true;
                    }
                }
                case '\u00E2' -> {
                    if (next == '\u20AC' || next == '\u0080') {
                        return true;
                    }
                }
                default -> {}
            }
        }
        return false;
    }

    private static boolean hasControlCharacter(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    /** A {@code <} and a letter, perhaps behind {@code /}, {@code !} or {@code ?}, that a {@code >} follows; or a comment. */
    private static boolean hasTag(String text) {
        for (int at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
            int name = at + 1;
            if (name < text.length() && "/!?".indexOf(text.charAt(name)) >= 0) {
                name++;
            }
            boolean named = name < text.length() && isAsciiLetter(text.charAt(name));
            if ((named || text.startsWith("<!--", at)) && text.indexOf('>', name) >= 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAsciiLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private boolean isTooLong(String text) {
        return text.length() > limits.maximumCharacters()
                || text.chars().filter(c -> c == ' ').count() + 1 > limits.maximumWords();
    }

    private boolean hasFewLetters(String text) {
        int letters = 0;
        int all = 0;
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            letters += Character.isLetter(character) ? 1 : 0;
            all += character == ' ' ? 0 : 1;
            i += Character.charCount(character);
        }
        return letters < limits.minimumLetters() * all;
    }
}
