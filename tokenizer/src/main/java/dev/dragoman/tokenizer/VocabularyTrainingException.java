package dev.dragoman.tokenizer;

import java.io.IOException;

/** {@code spm_train} is not installed, or ended without a vocabulary; the message says what to do, or what it said. */
public final class VocabularyTrainingException extends IOException {
    private static final long serialVersionUID = 1L;

    VocabularyTrainingException(String message) {
        super(message);
    }
}
