package dev.dragoman.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Weights in one file or in several: what is written is read, and files that do not belong together are refused by name. */
class WeightFilesTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    Path folder;

    private Path file;
    private Path index;

    @BeforeEach
    void name() {
        file = folder.resolve("weights.safetensors");
        index = folder.resolve("weights.safetensors.index.json");
    }

    private static TensorSource tensor(String name, int bytes, int seed) {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        return TensorSource.of(name, StoredType.I8, new long[] {bytes}, () -> ByteBuffer.wrap(content));
    }

    /** Three files at a limit of 10: a and b, c, and d, which is larger than the limit. */
    private void writeThree(int seed) throws IOException {
        WeightFiles.write(
                file,
                List.of(tensor("a", 4, seed), tensor("b", 6, seed + 1), tensor("c", 1, seed), tensor("d", 30, seed)),
                10);
    }

    private Path shard(int number, int count) {
        return folder.resolve("weights-0000" + number + "-of-0000" + count + ".safetensors");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(found -> found.getFileName().toString()).sorted().toList();
        }
    }

    private static byte[] bytes(WeightFiles files, String name) {
        ByteBuffer mapped = files.find(name).map();
        byte[] result = new byte[mapped.remaining()];
        mapped.get(result);
        return result;
    }

    private void assertRefused(Path named, String problem) {
        assertThatThrownBy(() -> WeightFiles.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(named + ": ")
                .hasMessageContaining(problem);
    }

    /** As Hugging Face's tools want it. */
    @Test
    void write_beyondTheLimit_makesShardsAndAnIndex() throws IOException {
        writeThree(1);
        assertThat(files())
                .containsExactly(
                        "weights-00001-of-00003.safetensors",
                        "weights-00002-of-00003.safetensors",
                        "weights-00003-of-00003.safetensors",
                        "weights.safetensors.index.json");
        JsonNode root = JSON.readTree(Files.readAllBytes(index));
        assertThat(root.at("/metadata/total_size").intValue()).isEqualTo(41);
        Map<String, String> map = new LinkedHashMap<>();
        root.get("weight_map")
                .properties()
                .forEach(entry -> map.put(entry.getKey(), entry.getValue().stringValue()));
        assertThat(map)
                .containsExactly(
                        Map.entry("a", "weights-00001-of-00003.safetensors"),
                        Map.entry("b", "weights-00001-of-00003.safetensors"),
                        Map.entry("c", "weights-00002-of-00003.safetensors"),
                        Map.entry("d", "weights-00003-of-00003.safetensors"));
        assertThat(SafetensorsReader.open(shard(1, 3)).names()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void write_withinTheLimit_makesOneFile() throws IOException {
        WeightFiles.write(file, List.of(tensor("a", 4, 1), tensor("b", 6, 2)), 10);
        assertThat(files()).containsExactly("weights.safetensors");
        WeightFiles.write(file, List.of(tensor("a", 400, 1)), 10);
        assertThat(files()).as("one tensor is never split").containsExactly("weights.safetensors");
        WeightFiles.write(file, List.of(), 10);
        assertThat(WeightFiles.open(file).names()).isEmpty();
    }

    @Test
    void write_replacesWhatWasThere_inBothDirections() throws IOException {
        WeightFiles.write(file, List.of(tensor("a", 4, 1)), 10);
        writeThree(1);
        assertThat(files()).hasSize(4).doesNotContain("weights.safetensors");
        WeightFiles.write(file, List.of(tensor("a", 9, 1), tensor("b", 9, 2)), 10);
        assertThat(files())
                .containsExactly(
                        "weights-00001-of-00002.safetensors",
                        "weights-00002-of-00002.safetensors",
                        "weights.safetensors.index.json");
        assertThat(WeightFiles.open(file).names()).containsExactly("a", "b");
        Files.writeString(folder.resolve("weights-notes.txt"), "mine");
        WeightFiles.write(file, List.of(tensor("a", 4, 1)), 10);
        assertThat(files()).containsExactly("weights-notes.txt", "weights.safetensors");
    }

    /** What fails half-way leaves the old weights whole and nothing beside them. */
    @Test
    void write_failing_leavesTheOldShards() throws IOException {
        writeThree(1);
        String before = WeightFiles.open(file).fingerprint();
        TensorSource failing = TensorSource.of("z", StoredType.I8, new long[] {3}, () -> {
            throw new IllegalStateException("closed");
        });
        assertThatThrownBy(() -> WeightFiles.write(file, List.of(tensor("a", 9, 1), tensor("b", 9, 7), failing), 10))
                .hasMessage("closed");
        assertThat(files()).hasSize(4);
        assertThat(WeightFiles.open(file).fingerprint()).isEqualTo(before);
    }

    @Test
    void write_twoOfOneName_isRefused() throws IOException {
        for (long limit : new long[] {5, 100}) {
            assertThatThrownBy(() -> WeightFiles.write(file, List.of(tensor("a", 4, 1), tensor("a", 6, 2)), limit))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("two tensors have the name a");
        }
        assertThat(files()).isEmpty();
    }

    /** Neither the current folder nor a name without the extension is special. */
    @Test
    void write_otherNames_areReadBack() throws IOException {
        Path plain = folder.resolve("moments");
        WeightFiles.write(plain, List.of(tensor("a", 9, 1), tensor("b", 9, 2)), 10);
        assertThat(files())
                .containsExactly(
                        "moments-00001-of-00002.safetensors",
                        "moments-00002-of-00002.safetensors",
                        "moments.index.json");
        assertThat(WeightFiles.open(plain).names()).containsExactly("a", "b");
    }

    /** Random tensors of all types, of none to three dimensions, at random limits. */
    @Property(tries = 300)
    void open_readsWhatWasWritten(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<TensorSource> tensors = new ArrayList<>();
        Map<String, byte[]> contents = new LinkedHashMap<>();
        for (int i = 0; i < random.nextInt(12); i++) {
            long[] shape = random.longs(random.nextInt(4), 0, 5).toArray();
            StoredType type = StoredType.values()[random.nextInt(3)];
            byte[] content = new byte[(int) type.bytes(shape)];
            random.nextBytes(content);
            contents.put("t" + i, content);
            tensors.add(TensorSource.of("t" + i, type, shape, () -> ByteBuffer.wrap(content)));
        }
        Path own = Files.createTempDirectory("shards");
        try {
            WeightFiles.write(own.resolve("w.safetensors"), tensors, random.nextInt(200));
            WeightFiles files = WeightFiles.open(own.resolve("w.safetensors"));
            assertThat(files.names()).hasSize(tensors.size());
            for (TensorSource tensor : tensors) {
                StoredTensor stored = files.find(tensor.name());
                assertThat(stored.type()).isEqualTo(tensor.type());
                assertThat(stored.shape()).isEqualTo(tensor.shape());
                assertThat(bytes(files, tensor.name())).isEqualTo(contents.get(tensor.name()));
                assertThat(stored.isAligned()).isTrue();
            }
        } finally {
            delete(own);
        }
    }

    private static void delete(Path own) throws IOException {
        try (Stream<Path> files = Files.list(own)) {
            for (Path found : files.toList()) {
                Files.delete(found);
            }
        }
        Files.delete(own);
    }

    @Test
    void open_aSingleFile_countsBeforeAnIndex() throws IOException {
        writeThree(1);
        SafetensorsWriter.write(file, List.of(tensor("only", 4, 1)));
        assertThat(WeightFiles.open(file).names()).containsExactly("only");
        assertThat(WeightFiles.open(file).file()).isEqualTo(file);
    }

    @Test
    void open_namesTheSingleFileIfNothingIsThere() {
        assertRefused(file, "no such file");
    }

    @Test
    void open_anotherToolsIndex_needsNoDigest() throws IOException {
        writeThree(1);
        Files.writeString(
                index,
                "{\"weight_map\":{\"d\":\"S3\",\"a\":\"S1\",\"b\":\"S1\",\"c\":\"S2\"}}"
                        .replaceAll("S(\\d)", "weights-0000$1-of-00003.safetensors"));
        WeightFiles files = WeightFiles.open(file);
        assertThat(files.file()).isEqualTo(index);
        assertThat(files.names()).containsExactly("d", "a", "b", "c");
        assertThat(files.find("e")).isNull();
    }

    @Test
    void open_missingShard_isNamed() throws IOException {
        writeThree(1);
        Files.delete(shard(2, 3));
        assertRefused(shard(2, 3), "no such file, but weights.safetensors.index.json names it");
    }

    @Test
    void open_truncatedShard_isNamed() throws IOException {
        writeThree(1);
        byte[] whole = Files.readAllBytes(shard(3, 3));
        for (int length = 0; length < whole.length; length++) {
            Files.write(shard(3, 3), Arrays.copyOf(whole, length));
            assertRefused(shard(3, 3), "truncated");
        }
    }

    @Test
    void open_shardThatTheIndexDoesNotName_isNamed() throws IOException {
        writeThree(1);
        SafetensorsWriter.write(shard(4, 4), List.of());
        assertRefused(shard(4, 4), "a shard that weights.safetensors.index.json does not name");
    }

    @Test
    void open_tensorThatIsNotInItsShard_isNamed() throws IOException {
        writeThree(1);
        SafetensorsWriter.write(shard(1, 3), List.of(tensor("a", 4, 1)));
        assertRefused(shard(1, 3), "has no tensor b, but weights.safetensors.index.json says so");
    }

    @Test
    void open_tensorThatTheIndexDoesNotName_isNamed() throws IOException {
        writeThree(1);
        SafetensorsWriter.write(shard(2, 3), List.of(tensor("c", 1, 1), tensor("x", 1, 1)));
        assertRefused(shard(2, 3), "has a tensor x, which weights.safetensors.index.json does not name");
    }

    @Test
    void open_tensorInTwoShards_isNamed() throws IOException {
        writeThree(1);
        SafetensorsWriter.write(shard(2, 3), List.of(tensor("c", 1, 1), tensor("a", 4, 1)));
        assertRefused(shard(2, 3), "has a tensor a, which is in weights-00001-of-00003.safetensors too");
    }

    /** As if the writing had ended between two shards, with the same names and tensors. */
    @Test
    void open_shardsOfDifferentWeights_areNamed() throws IOException {
        writeThree(1);
        byte[] old = Files.readAllBytes(shard(3, 3));
        writeThree(2);
        Files.write(shard(3, 3), old);
        assertRefused(index, "its sha256 is not that of its shards");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                 | it has no weight_map",
                "{                                  | not JSON",
                "[]                                 | it has no weight_map",
                "7                                  | it has no weight_map",
                "{`weight_map`:[]}                  | it has no weight_map",
                "{`weight_map`:{`a`:7}}             | a is in 7, which is no name",
                "{`weight_map`:{`a`:null}}          | a is in null, which is no name",
                "{`weight_map`:{`a`:`../x.safetensors`}}   | a is in \"../x.safetensors\", which is no name",
                "{`weight_map`:{`a`:`/x.safetensors`}}     | which is no name",
                "{`weight_map`:{`a`:`..`}}          | which is no name",
                "{`weight_map`:{`a`:``}}            | which is no name",
                "{`weight_map`:{`a`:`\\u0000.safetensors`}} | which is no name",
                "{`weight_map`:{`a`:`x.bin`}}       | which is no name",
                "{`weight_map`:{`a`:`x.safetensors`,`a`:`y.safetensors`}} | not JSON",
            })
    void open_indexOfAnotherForm_isNamed(String content, String problem) throws IOException {
        Files.writeString(index, content.replace('`', '"'));
        assertRefused(index, problem);
    }

    /** Each bit of each byte of the index and of the headers turned: what opens can be read, what cannot is refused by name. */
    @ParameterizedTest
    @ValueSource(strings = {"weights.safetensors.index.json", "weights-00001-of-00003.safetensors"})
    void open_anyDamage_isReadOrNamed(String damaged) throws IOException {
        writeThree(1);
        Path target = folder.resolve(damaged);
        byte[] whole = Files.readAllBytes(target);
        int refused = 0;
        for (int at = 0; at < whole.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] bytes = whole.clone();
                bytes[at] ^= (byte) (1 << bit);
                Files.write(target, bytes);
                try {
                    WeightFiles files = WeightFiles.open(file);
                    files.names().forEach(name -> bytes(files, name));
                    assertThat(files.fingerprint()).isNotEmpty();
                } catch (ModelFormatException e) {
                    assertThat(e).hasMessageStartingWith(folder.resolve("").toString());
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(whole.length);
    }

    @Test
    void fingerprint_isOfTheContent() throws IOException {
        writeThree(1);
        String first = WeightFiles.open(file).fingerprint();
        writeThree(1);
        assertThat(WeightFiles.open(file).fingerprint()).isEqualTo(first);
        writeThree(2);
        assertThat(WeightFiles.open(file).fingerprint()).isNotEqualTo(first);
    }
}
