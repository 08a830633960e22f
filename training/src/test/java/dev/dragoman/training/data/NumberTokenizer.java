package dev.dragoman.training.data;

import dev.dragoman.tokenizer.Tokenizer;
import dev.dragoman.tokenizer.Vocabulary;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Text is a list of numbers, and the numbers are the ids: no native library, and every expectation can be read off. */
final class NumberTokenizer implements Tokenizer {
    @Override
    public int[] encode(String text) {
        return text.isBlank()
                ? new int[0]
                : Arrays.stream(text.strip().split(" "))
                        .mapToInt(Integer::parseInt)
                        .toArray();
    }

    @Override
    public String decode(int[] ids) {
        return Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    }

    @Override
    public Vocabulary vocabulary() {
        throw new UnsupportedOperationException("numbers have no vocabulary");
    }

    @Override
    public void close() {}
}
