package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadSentencesTest {
    @Test
    void next_moreThanThereAre_noneTwice(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("text.tsv"), "One.\tUn.\nTwo.\tDeux.\n\nOne.\tUne.\n");
        LoadSentences sentences = LoadSentences.of(file);
        assertThat(sentences.all()).containsExactlyInAnyOrder("One.", "Two.");
        assertThat(Stream.generate(sentences::next).limit(6))
                .containsExactlyInAnyOrder("One.", "Two.", "One. (1)", "Two. (1)", "One. (2)", "Two. (2)");
    }
}
