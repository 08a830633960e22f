package dev.dragoman.tokenizer;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The small model of the tests: 1,000 pieces, control pieces {@code <2fr>} and {@code <2de>}; see the README beside it. */
final class TestModel {
    private TestModel() {}

    static Path path() {
        try {
            return Path.of(Objects.requireNonNull(TestModel.class.getResource("pieces.model"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] content() throws IOException {
        return Files.readAllBytes(path());
    }
}
