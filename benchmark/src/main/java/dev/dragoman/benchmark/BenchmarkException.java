package dev.dragoman.benchmark;

import java.util.Objects;

/** Something that whoever started a benchmark can mend; the message says what. */
final class BenchmarkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchmarkException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
