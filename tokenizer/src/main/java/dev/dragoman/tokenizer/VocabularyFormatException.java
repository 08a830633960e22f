package dev.dragoman.tokenizer;

import java.io.IOException;
import java.nio.file.Path;

/** A file that should hold a SentencePiece model does not, or not all of it; the message names the file. */
public final class VocabularyFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    VocabularyFormatException(Path file, String problem) {
        super(file + ": " + problem);
    }

    VocabularyFormatException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
