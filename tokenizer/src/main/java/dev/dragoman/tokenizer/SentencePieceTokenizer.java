package dev.dragoman.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The tokenizer of a SentencePiece model file: encodes with the native library, with the same ids as {@code spm_encode}, and decodes in
 * Java, with the same text as {@code spm_decode}.
 *
 * <p>Normalisation (Unicode NFKC, control characters dropped, any white space one space, none at the ends) is part of the model file
 * and of encoding; {@code decode(encode(text))} is therefore the normalised text.
 *
 * <p>U+0000 and surrogates without their partner are replaced by U+FFFD beforehand, which the usual rules {@code nmt_nfkc} then turn
 * into a space. Otherwise the one, for which there is no rule, would be spelt as a byte that no network has seen, and the other, which
 * has no UTF-8, would be read as a question mark.
 */
public final class SentencePieceTokenizer implements Tokenizer {
    private static final char REPLACEMENT = '\uFFFD';

    private final Vocabulary vocabulary;
    private final NativeEncoder encoder;

    private SentencePieceTokenizer(Vocabulary vocabulary, NativeEncoder encoder) {
        this.vocabulary = vocabulary;
        this.encoder = encoder;
    }

    /**
     * Opens a model file, {@code pieces.model} in a model directory. The file is read whole and not needed afterwards.
     *
     * @throws VocabularyFormatException if the file is not a SentencePiece model, or not one that {@link Vocabulary} takes; the message
     *     names the file
     * @throws IOException if the file cannot be read
     */
    public static SentencePieceTokenizer open(Path modelFile) throws IOException {
        byte[] content = Files.readAllBytes(modelFile);
        Vocabulary vocabulary = Vocabulary.parse(modelFile, content);
        return new SentencePieceTokenizer(vocabulary, NativeEncoder.open(modelFile, content));
    }

    @Override
    public int[] encode(String text) {
        // The native library takes null for an empty string.
        return encoder.encode(wellFormed(Objects.requireNonNull(text, "text")));
    }

    @Override
    public String decode(int[] ids) {
        encoder.requireOpen();
        return PieceDecoder.decode(vocabulary, ids);
    }

    @Override
    public Vocabulary vocabulary() {
        encoder.requireOpen();
        return vocabulary;
    }

    @Override
    public void close() {
        encoder.close();
    }

    /** The same text with U+FFFD for every NUL and every surrogate without its partner; the text itself where it has none. */
    private static String wellFormed(String text) {
        StringBuilder copy = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (c == '\0' || Character.isSurrogate(c)) {
                copy = copy == null ? new StringBuilder(text) : copy;
                copy.setCharAt(i, REPLACEMENT);
            }
        }
        return copy == null ? text : copy.toString();
    }
}
