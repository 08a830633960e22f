package dev.dragoman.tokenizer;

/** What a piece stands for; the names and the order are those of the SentencePiece file format, where the first is number 1. */
public enum PieceType {
    /** Characters of text, possibly with the word-start mark U+2581. */
    NORMAL,
    /** The one piece for text that the vocabulary cannot spell; never produced where byte pieces exist. */
    UNKNOWN,
    /** A mark without text, added by the program and never by encoding: {@code </s>}, {@code <2fr>}. */
    CONTROL,
    /** A string that is always one piece, wherever it occurs. */
    USER_DEFINED,
    /** Kept for its id only; encoding never produces it. */
    UNUSED,
    /** One byte of UTF-8, written {@code <0xE2>}; spells the characters that have no piece of their own. */
    BYTE;

    /** The type with this number in the file format, or null if there is none. */
    static @org.jspecify.annotations.Nullable PieceType ofNumber(long number) {
        return number >= 1 && number <= values().length ? values()[(int) number - 1] : null;
    }
}
