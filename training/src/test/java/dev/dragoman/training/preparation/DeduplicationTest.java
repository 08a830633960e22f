package dev.dragoman.training.preparation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeduplicationTest {
    @TempDir
    Path folder;

    /** Against a set of all hashes, over several texts, the hash 0 and empty texts among them. */
    @Test
    void duplicates_areThoseMetBefore() throws IOException {
        Random random = new Random(5);
        long[] values = random.longs(20_000).toArray();
        values[17] = 0;
        Set<Long> seen = new HashSet<>();
        BitSet expected = new BitSet();
        List<Path> files = new ArrayList<>();
        int number = 0;
        for (int size : new int[] {9_000, 0, 1, 30_000}) {
            ByteBuffer hashes = ByteBuffer.allocate(size * Long.BYTES);
            for (int i = 0; i < size; i++) {
                long hash = values[random.nextInt(values.length)];
                hashes.putLong(hash);
                expected.set(number++, !seen.add(hash));
            }
            files.add(Files.write(folder.resolve("h" + size), hashes.array()));
        }
        Path work = Files.createDirectory(folder.resolve("work"));
        assertThat(Deduplication.duplicates(files, work)).isEqualTo(expected);
        assertThat(expected.cardinality()).isGreaterThan(10_000);
        assertThat(work).isEmptyDirectory();
    }

    @Test
    void copyWithout_leavesOutTheNumbersOfThisText() throws IOException {
        Path text = folder.resolve("a.tsv.gz");
        Files.write(text, Archives.compressed("a.tsv.gz", "a\tb\nc\td\nä\u2028\tf\n"));
        BitSet left = new BitSet();
        left.set(1);
        left.set(6);
        Path copy = folder.resolve("b.tsv.gz");
        assertThat(Deduplication.copyWithout(left, 5, text, copy)).isEqualTo(1);
        try (var input = new ArchiveFile(copy, null).open()) {
            assertThat(new String(input.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("a\tb\nä\u2028\tf\n");
        }
    }
}
