package dev.dragoman.app.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.diagnostics.FailureAnalysis;

class StartupFailureReporterTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"It is gone | Find it. | It is gone. Find it.", "Gone. | | Gone."})
    void sentences_areOneLine(String description, String action, String line) {
        assertThat(StartupFailureReporter.sentences(new FailureAnalysis(description, action, new Exception())))
                .isEqualTo(line);
    }

    @Test
    void sentences_ofManyLines() {
        assertThat(StartupFailureReporter.sentences(
                        new FailureAnalysis("Wrong:\n\n    a\n    b\n", "Mend\n it.", new Exception())))
                .isEqualTo("Wrong: a b. Mend it.");
    }
}
