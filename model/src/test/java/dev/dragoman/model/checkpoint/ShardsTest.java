package dev.dragoman.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardsTest {
    private NDManager manager;

    @TempDir
    private Path directory;

    @BeforeEach
    void open() {
        Engines.prepare();
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private Map<String, NDArray> whole() {
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        arrays.put("a.gate", manager.randomNormal(new Shape(4, 5)));
        arrays.put("a.hidden", manager.randomNormal(new Shape(5, 3, 4)));
        arrays.put("a.number", manager.create(7f));
        return arrays;
    }

    /** Five experts over three devices. */
    private static Map<String, NDArray> divided(Map<String, NDArray> arrays) {
        Map<String, NDArray> divided = new LinkedHashMap<>();
        arrays.forEach((name, array) -> {
            if (name.equals("a.hidden")) {
                int[] begins = {0, 1, 3, 5};
                for (int s = 0; s < 3; s++) {
                    divided.put(
                            name + ".shard" + s,
                            array.get(new NDIndex().addSliceDim(begins[s], begins[s + 1]))
                                    .duplicate());
                }
            } else {
                divided.put(name, array);
            }
        });
        return divided;
    }

    @ParameterizedTest
    @EnumSource(StoredType.class)
    void file_isThatOfTheWhole(StoredType precision) throws IOException {
        Map<String, NDArray> arrays = whole();
        Path expected = directory.resolve("whole.safetensors");
        Path actual = directory.resolve("joined.safetensors");
        WeightFiles.write(expected, Weights.sources(arrays, precision), WeightFiles.DEFAULT_LIMIT);
        WeightFiles.write(
                actual, Shards.joined(Weights.sources(divided(arrays), precision)), WeightFiles.DEFAULT_LIMIT);
        assertThat(Files.readAllBytes(actual)).isEqualTo(Files.readAllBytes(expected));
    }

    @ParameterizedTest
    @EnumSource(StoredType.class)
    void fill_givesEachPartItsShare(StoredType precision) throws IOException {
        Path file = directory.resolve("weights.safetensors");
        WeightFiles.write(file, Weights.sources(whole(), precision), WeightFiles.DEFAULT_LIMIT);
        Map<String, NDArray> expected = new LinkedHashMap<>();
        whole().forEach((name, array) -> expected.put(name, array.zerosLike()));
        WeightFiles files = WeightFiles.open(file);
        Shards.fill(files, expected);
        Map<String, NDArray> parts = new LinkedHashMap<>();
        divided(whole()).forEach((name, array) -> parts.put(name, array.zerosLike()));
        Shards.fill(files, parts);
        divided(expected)
                .forEach((name, array) ->
                        assertThat(parts.get(name).toFloatArray()).as(name).containsExactly(array.toFloatArray()));
        assertThat(parts.get("a.hidden.shard2").toFloatArray()).isNotEqualTo(new float[2 * 3 * 4]);
    }

    /** As maps that are sorted by name have them: part 10 before part 2. */
    @Test
    void parts_areJoinedByNumber_inWhateverOrderTheyCome() throws IOException {
        Path file = directory.resolve("weights.safetensors");
        Map<String, NDArray> parts = new TreeMap<>();
        Map<String, NDArray> read = new TreeMap<>();
        float[] expected = new float[12];
        for (int s = 0; s < 12; s++) {
            expected[s] = s;
            parts.put("a.shard" + s, manager.create(new float[] {s}));
            read.put("a.shard" + s, manager.create(new float[1]));
        }
        Shards.write(file, parts, StoredType.F32);
        WeightFiles files = WeightFiles.open(file);
        assertThat(files.names()).containsExactly("a");
        assertThat(Weights.array(files, "a", new Shape(12), manager).toFloatArray())
                .containsExactly(expected);
        Shards.fill(files, read);
        read.forEach((name, array) -> assertThat(array.toFloatArray())
                .as(name)
                .containsExactly(parts.get(name).toFloatArray()));
    }

    @Test
    void partsThatDoNotMakeTheWhole_areRefused() throws IOException {
        Path file = directory.resolve("weights.safetensors");
        WeightFiles.write(file, Weights.sources(whole(), StoredType.F32), WeightFiles.DEFAULT_LIMIT);
        Map<String, NDArray> parts = Map.of("a.hidden.shard0", manager.zeros(new Shape(4, 3, 4)));
        assertThatThrownBy(() -> Shards.fill(WeightFiles.open(file), parts))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("a.hidden has shape [5, 3, 4], the configuration asks for [4, 3, 4]");
        assertThat(Shards.joined(List.of())).isEmpty();
    }
}
