package dev.dragoman.training.preparation;

import dev.dragoman.training.data.NewFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Small JSON files that say that a step is done and what came of it. */
final class StepRecord {
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private StepRecord() {}

    /** Writes a record, whole or not at all. */
    static void write(Path file, Object record) throws IOException {
        NewFile.write(file, JSON.writeValueAsBytes(record));
    }

    /** The record, or null if there is none. */
    static <T> @Nullable T readIfThere(Path file, Class<T> type) throws IOException {
        return Files.exists(file) ? read(file, type) : null;
    }

    /**
     * The record.
     *
     * @throws IOException if there is none or it is damaged; the message names it
     */
    static <T> T read(Path file, Class<T> type) throws IOException {
        byte[] content = Files.readAllBytes(file);
        try {
            return JSON.readValue(content, type);
        } catch (JacksonException e) {
            throw new IOException(file + ": is damaged: " + e.getOriginalMessage(), e);
        }
    }
}
