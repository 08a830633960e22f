package dev.dragoman.model.checkpoint;

import ai.djl.ndarray.NDArray;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.ParseProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The files of a model directory. */
public final class ModelDirectory {
    public static final String CONFIGURATION = "config.json";
    /** The weights, if they are in one file; named so in {@link WeightFiles#open} and {@link WeightFiles#write} if they are not, too. */
    public static final String WEIGHTS = "weights.safetensors";

    public static final String PIECES = "pieces.model";
    /** Which target pieces a source's pieces allow, a {@link ShortlistFile}; a model may be without. */
    public static final String SHORTLIST = "shortlist.bin";

    /** The first format in which {@code network.mixture.gating} must be there. */
    private static final int GATING = 2;

    /** Fields that came later than the formats and may be absent in all of them, for what there was before them. */
    private static final Map<String, List<String>> LATER = Map.of(
            "/network", List.of("bothWays", "layerNormalisation"), "/network/attention", List.of("heads", "contextTo"));

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private final Path directory;
    private final ModelConfiguration configuration;
    private final WeightFiles weights;

    private ModelDirectory(Path directory, ModelConfiguration configuration, WeightFiles weights) {
        this.directory = directory;
        this.configuration = configuration;
        this.weights = weights;
    }

    /**
     * Reads the configuration and the headers of the weights.
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
        return new ModelDirectory(directory, configuration, WeightFiles.open(directory.resolve(WEIGHTS)));
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
            if (tree.has("languageModel")) {
                throw new ModelFormatException(file, "is that of a language model, which does not translate");
            }
            if (format < GATING) {
                addAbsent(tree, "/network/mixture", List.of("gating"));
            }
            LATER.forEach((place, fields) -> addAbsent(tree, place, fields));
            return JSON.treeToValue(tree, ModelConfiguration.class);
        } catch (IOException e) {
            throw new ModelFormatException(file, "cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new ModelFormatException(file, ParseProblem.of(e), e);
        }
    }

    /** Before a field was there, there was no choice; what there was is the default, which null stands for. */
    private static void addAbsent(JsonNode tree, String place, List<String> fields) {
        if (tree.at(place) instanceof ObjectNode object) {
            fields.stream().filter(field -> !object.has(field)).forEach(object::putNull);
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

    public WeightFiles weights() {
        return weights;
    }

    /**
     * Overwrites a network's parameters with the weights.
     *
     * @param parameters float32 or bfloat16, contiguous, by path; those of {@link Shards} stand for parts
     * @throws ModelFormatException if a tensor is missing or has another shape
     */
    public void fill(Map<String, NDArray> parameters) {
        Shards.fill(weights, configuration.format(), parameters);
    }

    /** Whether the experts' stacks lie as they are used, outputs first, so that they can be mapped: from format 2 on. */
    public boolean expertsAsUsed() {
        return configuration.format() >= Weights.OUTPUT_FIRST;
    }

    /** The SentencePiece model. */
    public Path pieces() {
        return directory.resolve(PIECES);
    }

    /** A short digest over configuration, weights, pieces and, if there is one, shortlist: changes whenever translations could. */
    public String version() {
        try {
            MessageDigest digest = Digests.sha256();
            digest.update(Files.readAllBytes(directory.resolve(CONFIGURATION)));
            digest.update(Files.readAllBytes(pieces()));
            digest.update(weights.fingerprint().getBytes(StandardCharsets.UTF_8));
            Path shortlist = directory.resolve(SHORTLIST);
            if (Files.exists(shortlist)) {
                digest.update(Files.readAllBytes(shortlist));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 8);
        } catch (IOException e) {
            throw new ModelFormatException(directory, "cannot be read: " + e.getMessage(), e);
        }
    }
}
