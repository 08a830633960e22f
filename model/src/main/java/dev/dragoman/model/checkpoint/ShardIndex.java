package dev.dragoman.model.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The index of weights that lie in several files, in the form that Hugging Face's tools use:
 * {@code {"metadata": {"total_size": BYTES}, "weight_map": {TENSOR: FILE}}}.
 *
 * <p>Our metadata have the combined digest of the shards too, so that shards of different weights cannot be mixed up.
 *
 * @param weightMap for each tensor the name of its file, which is in the index's own folder
 * @param totalSize bytes of all tensors; other tools want it, here nobody reads it
 * @param digest combined digest of the files in the order of their names, empty in an index of another tool
 */
record ShardIndex(Map<String, String> weightMap, long totalSize, String digest) {
    private static final String EXTENSION = ".safetensors";
    private static final long LONGEST = 100_000_000;
    /** A plain name: an index must not lead out of its folder. */
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*\\.safetensors");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    /** The index that stands for {@code file} where the weights are not in one. */
    static Path of(Path file) {
        return file.resolveSibling(file.getFileName() + ".index.json");
    }

    /** Path of shard {@code number}, from 1, of {@code count}. */
    static Path shard(Path file, int number, int count) {
        return file.resolveSibling(String.format("%s-%05d-of-%05d%s", stem(file), number, count, EXTENSION));
    }

    private static String stem(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
    }

    /** All files beside {@code file} that are named like shards of it, of whatever count. */
    static List<Path> shardsBeside(Path file) throws IOException {
        Pattern name = Pattern.compile(Pattern.quote(stem(file)) + "-\\d{5,}-of-\\d{5,}" + Pattern.quote(EXTENSION));
        try (Stream<Path> files = Files.list(file.toAbsolutePath().getParent())) {
            List<Path> result = new ArrayList<>();
            files.map(found -> found.getFileName().toString())
                    .filter(found -> name.matcher(found).matches())
                    .sorted()
                    .forEach(found -> result.add(file.resolveSibling(found)));
            return result;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Reads an index.
     *
     * @param index path of the index itself
     * @throws ModelFormatException if it is missing, truncated, or no index
     */
    static ShardIndex read(Path index) {
        JsonNode root;
        try {
            long size = Files.size(index);
            if (size > LONGEST) {
                throw new ModelFormatException(index, "not an index of weights: " + size + " bytes");
            }
            root = JSON.readTree(Files.readAllBytes(index));
        } catch (IOException e) {
            throw new ModelFormatException(index, "cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new ModelFormatException(index, "not an index of weights: not JSON, or truncated", e);
        }
        JsonNode map = root.path("weight_map");
        if (!map.isObject()) {
            throw new ModelFormatException(index, "not an index of weights: it has no weight_map");
        }
        Map<String, String> weightMap = new LinkedHashMap<>();
        map.properties().forEach(entry -> {
            String file = entry.getValue().isString() ? entry.getValue().stringValue() : "";
            if (!FILE_NAME.matcher(file).matches()) {
                throw new ModelFormatException(
                        index,
                        entry.getKey() + " is in " + entry.getValue() + ", which is no name of a " + EXTENSION
                                + " file beside the index");
            }
            weightMap.put(entry.getKey(), file);
        });
        JsonNode metadata = root.path("metadata");
        return new ShardIndex(
                weightMap,
                metadata.path("total_size").asLong(0),
                metadata.path(SafetensorsWriter.DIGEST).asString(""));
    }

    /** Writes the index beside {@code index} and moves it there when it is whole. */
    void write(Path index) throws IOException {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("total_size", totalSize);
        metadata.put(SafetensorsWriter.DIGEST, digest);
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("metadata", metadata);
        root.put("weight_map", weightMap);
        Path part = SafetensorsWriter.part(index);
        Files.writeString(part, JSON.writeValueAsString(root) + "\n");
        Files.move(part, index, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
