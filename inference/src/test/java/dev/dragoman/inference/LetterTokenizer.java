package dev.dragoman.inference;

import dev.dragoman.tokenizer.Tokenizer;
import dev.dragoman.tokenizer.Vocabulary;
import java.util.Arrays;

/** A tokenizer without a file: the letter a is id 10, b is 11; anything else is dropped. */
final class LetterTokenizer implements Tokenizer {
    static final int A = 10;

    boolean closed;

    @Override
    public int[] encode(String text) {
        return text.chars()
                .filter(c -> c >= 'a' && c <= 'z')
                .map(c -> c - 'a' + A)
                .toArray();
    }

    @Override
    public String decode(int[] ids) {
        return Arrays.stream(ids)
                .map(id -> id - A + 'a')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Override
    public Vocabulary vocabulary() {
        throw new UnsupportedOperationException("Letters have no model file");
    }

    @Override
    public void close() {
        closed = true;
    }
}
