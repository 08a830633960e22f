package dev.dragoman.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.model.TinyModels;
import dev.dragoman.model.TinyNetworks;
import dev.dragoman.model.configuration.ModelConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ModelDirectoryTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final ModelConfiguration CONFIGURATION = TinyModels.configuration(TinyNetworks.parallel(11));

    @TempDir
    static Path original;

    @TempDir
    Path directory;

    private Path config;

    @BeforeAll
    static void writeOriginal() throws IOException {
        TinyModels.write(original, CONFIGURATION, 1, StoredType.F32);
        Files.writeString(original.resolve(ModelDirectory.PIECES), "pieces");
    }

    @BeforeEach
    void copy() throws IOException {
        for (String file : List.of("config.json", "weights.safetensors", "pieces.model")) {
            Files.copy(original.resolve(file), directory.resolve(file));
        }
        config = directory.resolve(ModelDirectory.CONFIGURATION);
    }

    private static void assertRefused(Path directory, Path named, String problem) {
        assertThatThrownBy(() -> ModelDirectory.open(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(named + ": ")
                .hasMessageContaining(problem);
    }

    @Test
    void open_readsWhatWasWritten() {
        ModelDirectory files = ModelDirectory.open(directory);
        assertThat(files.configuration()).isEqualTo(CONFIGURATION);
        assertThat(files.weights().find("embedding.weight").shape()).containsExactly(11, 8);
        assertThat(files.pieces()).isEqualTo(directory.resolve("pieces.model"));
    }

    @Test
    void open_missingDirectory_isNamed() {
        Path none = directory.resolve("none");
        assertRefused(none, none, "no such model directory");
        assertRefused(config, config, "no such model directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", "weights.safetensors", "pieces.model"})
    void open_missingFile_isNamed(String file) throws IOException {
        Files.delete(directory.resolve(file));
        assertRefused(directory, directory.resolve(file), "no such file");
    }

    /** Named by its number even though its other fields mean nothing here. */
    @Test
    void open_newerFormat_isNamed() throws IOException {
        int newer = ModelConfiguration.FORMAT + 1;
        Files.writeString(config, "{\"shape\": {}, \"format\": " + newer + "}");
        assertRefused(
                directory,
                config,
                "format " + newer + " is newer than " + ModelConfiguration.FORMAT + ", the newest known here");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "[]", "7", "null", "\"format\"", "{\"format\":0}", "{\"format\":-1}", "{\"format\":\"x\"}"
            })
    void open_foreignJson_isNamed(String content) throws IOException {
        Files.writeString(config, content);
        assertRefused(directory, config, "not a model configuration: it has no format number");
    }

    @Test
    void open_truncatedConfiguration_isNamed() throws IOException {
        byte[] whole = Files.readString(config).strip().getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(config, Arrays.copyOf(whole, length));
            assertRefused(directory, config, "");
        }
    }

    @Test
    void open_binaryConfiguration_isNamed() throws IOException {
        Files.write(config, new byte[] {0, 1, 2, (byte) 0xFF, (byte) 0xFE, 0, 0});
        assertRefused(directory, config, "");
    }

    /** Absent from all that was written before them, and written ever since. */
    private static final List<String> LATER = List.of("bothWays", "layerNormalisation", "heads", "contextTo");

    @Test
    void laterFields_areWritten_andReadBack() throws IOException {
        JsonNode network = JSON.readTree(Files.readAllBytes(config)).get("network");
        assertThat(network.properties().stream().map(Map.Entry::getKey)).contains("bothWays", "layerNormalisation");
        assertThat(network.get("attention").properties().stream().map(Map.Entry::getKey))
                .contains("heads", "contextTo");
        ModelConfiguration other = TinyModels.configuration(TinyNetworks.rnmt(11));
        ModelDirectory.writeConfiguration(directory, other);
        assertThat(ModelDirectory.open(directory).configuration()).isEqualTo(other);
    }

    /** Each field in turn, those of the inner records too. */
    @Test
    void open_missingField_isNamed() throws IOException {
        JsonNode whole = JSON.readTree(Files.readAllBytes(config));
        for (List<String> path : paths(whole)) {
            ObjectNode tree = (ObjectNode) whole.deepCopy();
            parent(tree, path).remove(last(path));
            Files.writeString(config, tree.toString());
            if (LATER.contains(last(path))) {
                // In a directory written before the field was there: as it was then, which this one is.
                assertThat(ModelDirectory.open(directory).configuration()).isEqualTo(CONFIGURATION);
            } else if (path.equals(List.of("format"))) {
                assertRefused(directory, config, "format number");
            } else {
                assertRefused(directory, config, last(path));
            }
        }
    }

    @Test
    void open_fieldOfAnotherType_isNamedByItsPath() throws IOException {
        JsonNode whole = JSON.readTree(Files.readAllBytes(config));
        for (List<String> path : paths(whole)) {
            if (whole.at("/" + String.join("/", path)).isString()
                    || whole.at("/" + String.join("/", path)).isNull()
                    || path.equals(List.of("format"))) {
                continue;
            }
            ObjectNode tree = (ObjectNode) whole.deepCopy();
            parent(tree, path).put(last(path), "some text");
            Files.writeString(config, tree.toString());
            assertRefused(directory, config, String.join(".", path) + ": ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/network", "/network/attention", "/network/mixture", "/directions/0"})
    void open_unknownField_isNamed(String place) throws IOException {
        ObjectNode tree = (ObjectNode) JSON.readTree(Files.readAllBytes(config));
        ((ObjectNode) tree.at(place)).put("depthOfThought", 7);
        Files.writeString(config, tree.toString());
        assertRefused(directory, config, "depthOfThought");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/network/width                | 0     | width must be at least 2, but is 0",
                "/network/width                | 8.5   | network.width",
                "/network/attention/form       | \"SIDEWAYS\" | network.attention.form",
                "/network/mixture/encoderAfter | [null]  | mixture.encoderAfter must not hold null",
                "/directions                   | [null]  | directions must not hold null",
                "/directions                   | []      | directions must name at least one direction, but is empty",
                "/eosId                        | 11      | eosId must be from 0 to 10, but is 11",
                "/network/encoderLayers        | 2000000000 | encoderLayers must be from 1 to 40, but is 2000000000",
            })
    void open_impossibleValue_isNamed(String place, String value, String problem) throws IOException {
        ObjectNode tree = (ObjectNode) JSON.readTree(Files.readAllBytes(config));
        int slash = place.lastIndexOf('/');
        ((ObjectNode) tree.at(place.substring(0, slash))).set(place.substring(slash + 1), JSON.readTree(value));
        Files.writeString(config, tree.toString());
        assertRefused(directory, config, problem);
    }

    @Test
    void version_changesWithEveryFile_andOnlyThen() throws IOException {
        Set<String> seen = new HashSet<>();
        assertThat(seen.add(version())).isTrue();
        assertThat(version()).isIn(seen);

        TinyModels.write(directory, CONFIGURATION, 2, StoredType.F32);
        assertThat(seen.add(version())).as("weights").isTrue();
        TinyModels.write(directory, CONFIGURATION, 2, StoredType.BF16);
        assertThat(seen.add(version())).as("precision").isTrue();
        Files.writeString(config, Files.readString(config).replace("\"tiny\"", "\"other\""));
        assertThat(seen.add(version())).as("configuration").isTrue();
        Files.writeString(directory.resolve(ModelDirectory.PIECES), "other pieces");
        assertThat(seen.add(version())).as("pieces").isTrue();
    }

    /** Without our digest, size and time of the file stand in for its content. */
    @Test
    void version_ofAnotherToolsWeights_changesWithTheFile() throws IOException {
        Path weights = directory.resolve(ModelDirectory.WEIGHTS);
        byte[] bytes = Files.readAllBytes(weights);
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replace("sha256", "sha---");
        Files.write(weights, text.getBytes(StandardCharsets.ISO_8859_1));
        String before = version();
        assertThat(version()).isEqualTo(before);
        Files.setLastModifiedTime(weights, FileTime.fromMillis(1_000_000));
        assertThat(version()).isNotEqualTo(before);
    }

    /** In three shards, each with its digest. */
    @Test
    void version_ofSeveralFiles_changesWithTheirContent() throws IOException {
        String single = version();
        shard(1);
        assertThat(directory.resolve(ModelDirectory.WEIGHTS)).doesNotExist();
        String shards = version();
        assertThat(shards).isNotEqualTo(single);
        assertThat(ModelDirectory.open(directory)
                        .weights()
                        .find("embedding.weight")
                        .shape())
                .containsExactly(11, 8);
        shard(1);
        assertThat(version()).isEqualTo(shards);
        shard(2);
        assertThat(version()).isNotEqualTo(shards);
    }

    private void shard(int seed) throws IOException {
        TinyModels.write(directory, CONFIGURATION, seed, StoredType.F32);
        WeightFiles files = WeightFiles.open(directory.resolve(ModelDirectory.WEIGHTS));
        List<TensorSource> tensors = new ArrayList<>();
        long bytes = 0;
        for (String name : files.names()) {
            StoredTensor tensor = files.find(name);
            bytes += tensor.bytes();
            tensors.add(TensorSource.of(name, tensor.type(), tensor.shape(), tensor::map));
        }
        WeightFiles.write(directory.resolve(ModelDirectory.WEIGHTS), tensors, bytes / 2);
    }

    private String version() {
        String version = ModelDirectory.open(directory).version();
        assertThat(version).matches("[0-9a-f]{16}");
        return version;
    }

    /** Paths of all fields of objects, objects before their parts. */
    private static List<List<String>> paths(JsonNode node) {
        List<List<String>> result = new ArrayList<>();
        node.properties().forEach(field -> {
            result.add(List.of(field.getKey()));
            for (List<String> inner : paths(field.getValue())) {
                List<String> path = new ArrayList<>(List.of(field.getKey()));
                path.addAll(inner);
                result.add(path);
            }
        });
        return result;
    }

    private static ObjectNode parent(ObjectNode tree, List<String> path) {
        ObjectNode at = tree;
        for (String step : path.subList(0, path.size() - 1)) {
            at = (ObjectNode) at.get(step);
        }
        return at;
    }

    private static String last(List<String> path) {
        return path.get(path.size() - 1);
    }
}
