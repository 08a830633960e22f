package dev.dragoman.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardTest {
    private static final NumberTokenizer TOKENIZER = new NumberTokenizer();
    private static final SpecialIds SPECIAL = new SpecialIds(0, 2, 3);

    @TempDir
    Path folder;

    private List<Shard.Entry> write(String name, Path text, int pairsPerShard) throws IOException {
        try (ShardWriter writer = new ShardWriter(folder, name, pairsPerShard, count -> {})) {
            writer.encode(text, TOKENIZER, PairFilter.DEFAULT, 2);
            return writer.finish();
        }
    }

    private List<Shard> open(List<Shard.Entry> entries) throws IOException {
        List<Shard> shards = new ArrayList<>();
        for (Shard.Entry entry : entries) {
            shards.add(Shard.open(folder, entry));
        }
        return shards;
    }

    private static ShardedPart part(
            Path text, OptionalInt prefix, double weight, boolean reversed, List<Shard> shards) {
        CorpusPart part = new CorpusPart(text, prefix, Set.of(), weight, reversed, List.of());
        return new ShardedPart(part, shards, new CorpusReport(text, 0, 0, 0, 0, Map.of(), List.of()));
    }

    /** The batches of mapped pairs are those of the same pairs in the heap, also in the other direction and over many shards. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 1_000_000})
    void ofShards_givesTheBatchesOfTheHeap(int pairsPerShard) throws IOException {
        Path first = ToyCorpus.write(folder.resolve("a.tsv"), 500, 3);
        Path second = ToyCorpus.write(folder.resolve("b.tsv"), 101, 4);
        List<Shard> firstShards = open(write("a", first, pairsPerShard));
        List<Shard> secondShards = open(write("b", second, pairsPerShard));
        List<ShardedPart> parts = List.of(
                part(first, OptionalInt.of(4), 1.5, false, firstShards),
                part(second, OptionalInt.empty(), 1, false, secondShards),
                part(first, OptionalInt.of(5), 2, true, firstShards));
        EncodedCorpus mapped = EncodedCorpus.ofShards(parts);
        EncodedCorpus heap =
                EncodedCorpus.read(parts.stream().map(ShardedPart::part).toList(), TOKENIZER, PairFilter.DEFAULT, 2);
        assertThat(mapped.size()).isEqualTo(heap.size()).isGreaterThan(900);
        SamplerOptions options = new SamplerOptions(9, 400, 30, 1000);
        EpochPlan mappedPlan = new BatchSampler(mapped, SPECIAL, options).plan(2);
        EpochPlan heapPlan = new BatchSampler(heap, SPECIAL, options).plan(2);
        assertThat(mappedPlan.batches()).isEqualTo(heapPlan.batches());
        for (int i = 0; i < heapPlan.batches(); i++) {
            assertThat(mappedPlan.batch(i)).usingRecursiveComparison().isEqualTo(heapPlan.batch(i));
        }
    }

    @Test
    void write_cutsIntoShards() throws IOException {
        Path text = ToyCorpus.write(folder.resolve("a.tsv"), 250, 3);
        List<Shard.Entry> entries = write("a", text, 100);
        int pairs = entries.stream().mapToInt(Shard.Entry::pairs).sum();
        assertThat(entries.get(0).pairs()).isEqualTo(100);
        assertThat(entries).extracting(Shard.Entry::file).startsWith("a-00000.pairs", "a-00001.pairs");
        assertThat(pairs).isBetween(201, 250);
        for (Shard.Entry entry : entries) {
            assertThat(folder.resolve(entry.file())).hasSize(entry.bytes());
        }
    }

    @Test
    void write_textWithoutPairs_makesNoShard() throws IOException {
        assertThat(write("a", Files.writeString(folder.resolve("a.tsv"), ""), 100))
                .isEmpty();
        assertThat(folder.resolve("a-00000.pairs")).doesNotExist();
    }

    @Test
    void write_thatIsNotFinished_leavesNoFile() throws IOException {
        try (ShardWriter writer = new ShardWriter(folder, "a", 10, count -> {})) {
            writer.add(new int[] {1}, new int[] {2});
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void add_idBeyond16Bits_isAnError() throws IOException {
        try (ShardWriter writer = new ShardWriter(folder, "a", 10, count -> {})) {
            assertThatThrownBy(() -> writer.add(new int[] {65_536}, new int[] {2}))
                    .isInstanceOf(CorpusException.class)
                    .hasMessage("ids must be below 65536, but the tokenizer yields 65536");
        }
    }

    private Shard.Entry one() throws IOException {
        return write("a", ToyCorpus.write(folder.resolve("a.tsv"), 50, 3), 100).get(0);
    }

    /** Any single bit, wherever it is. */
    @Test
    void open_damaged_isNamed() throws IOException {
        Shard.Entry entry = one();
        Path file = folder.resolve(entry.file());
        byte[] content = Files.readAllBytes(file);
        for (int at : new int[] {0, content.length / 2, content.length - 30, content.length - 1}) {
            byte[] damaged = content.clone();
            damaged[at] ^= 4;
            Files.write(file, damaged);
            assertThatThrownBy(() -> Shard.open(folder, entry))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file + ": is damaged: its CRC-32C is ")
                    .hasMessageEndingWith(", but was " + entry.crc32c() + " when written");
        }
    }

    @Test
    void open_truncated_isNamed() throws IOException {
        Shard.Entry entry = one();
        Path file = folder.resolve(entry.file());
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
        assertThatThrownBy(() -> Shard.open(folder, entry))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": has 100 bytes, but " + entry.bytes()
                        + " were written: it is truncated or was replaced");
    }

    @Test
    void open_missing_isNamed() throws IOException {
        Shard.Entry entry = one();
        Path file = folder.resolve(entry.file());
        Files.delete(file);
        assertThatThrownBy(() -> Shard.open(folder, entry))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": the index names this shard, but it is missing");
    }

    /** The checksum is right, but the index was edited or is another's. */
    @Test
    void open_indexOfAnother_isNamed() throws IOException {
        Shard.Entry entry = one();
        Shard.Entry other = new Shard.Entry(entry.file(), entry.bytes(), entry.pairs() + 1, entry.crc32c());
        assertThatThrownBy(() -> Shard.open(folder, other))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(entry.pairs() + " pairs")
                .hasMessageEndingWith("the index says " + other.pairs() + " pairs");
    }
}
