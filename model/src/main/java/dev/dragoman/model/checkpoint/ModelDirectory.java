package dev.dragoman.model.checkpoint;

import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.ParseProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The files of a model directory. */
public final class ModelDirectory {
    public static final String CONFIGURATION = "config.json";
    public static final String WEIGHTS = "weights.safetensors";
    public static final String PIECES = "pieces.model";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private final Path directory;
    private final ModelConfiguration configuration;
    private final SafetensorsReader weights;

    private ModelDirectory(Path directory, ModelConfiguration configuration, SafetensorsReader weights) {
        this.directory = directory;
        this.configuration = configuration;
        this.weights = weights;
    }

    /**
     * Reads the configuration and the header of the weights.
     *
     * @throws ModelFormatException if the directory or one of its files is missing, truncated, foreign or of a newer format
     */
    public static ModelDirectory open(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new ModelFormatException(directory, "no such model directory");
        }
        if (!Files.isRegularFile(directory.resolve(PIECES))) {
            throw new ModelFormatException(directory.resolve(PIECES), "no such file");
        }
        ModelConfiguration configuration = readConfiguration(directory.resolve(CONFIGURATION));
        return new ModelDirectory(directory, configuration, SafetensorsReader.open(directory.resolve(WEIGHTS)));
    }

    private static ModelConfiguration readConfiguration(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(file, "no such file");
        }
        try {
            JsonNode tree = JSON.readTree(Files.readAllBytes(file));
            // Before anything else, since a newer format may have fields that this one does not know.
            int format = tree.path("format").asInt(-1);
            if (format < 1) {
                throw new ModelFormatException(file, "not a model configuration: it has no format number");
            }
            if (format > ModelConfiguration.FORMAT) {
                throw new ModelFormatException(
                        file,
                        "format " + format + " is newer than " + ModelConfiguration.FORMAT + ", the newest known here");
            }
            return JSON.treeToValue(tree, ModelConfiguration.class);
        } catch (IOException e) {
            throw new ModelFormatException(file, "cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new ModelFormatException(file, ParseProblem.of(e), e);
        }
    }

    /** Writes a configuration as {@code config.json}. */
    public static void writeConfiguration(Path directory, ModelConfiguration configuration) throws IOException {
        Path part = directory.resolve(CONFIGURATION + ".part");
        Files.writeString(part, JSON.writeValueAsString(configuration) + "\n");
        Files.move(
                part,
                directory.resolve(CONFIGURATION),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    public ModelConfiguration configuration() {
        return configuration;
    }

    public SafetensorsReader weights() {
        return weights;
    }

    /** The SentencePiece model. */
    public Path pieces() {
        return directory.resolve(PIECES);
    }

    /** A short digest over configuration, weights and pieces: changes whenever translations could. */
    public String version() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(Files.readAllBytes(directory.resolve(CONFIGURATION)));
            digest.update(Files.readAllBytes(pieces()));
            Path file = weights.file();
            // Files of other tools carry no digest of their content; their size and time stand in for it.
            String content = weights.digest().isEmpty()
                    ? Files.size(file) + " " + Files.getLastModifiedTime(file)
                    : weights.digest();
            digest.update(content.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (IOException e) {
            throw new ModelFormatException(directory, "cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
