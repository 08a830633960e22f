package dev.dragoman.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.model.checkpoint.ShortlistFile.Table;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShortlistFileTest {
    private static final String DIGEST = "0123456789abcdef".repeat(4);

    private Path file = Path.of("");

    @BeforeEach
    @BeforeProperty
    void create() throws IOException {
        file = Files.createTempDirectory("shortlist").resolve(ModelDirectory.SHORTLIST);
    }

    @AfterEach
    @AfterProperty
    void delete() throws IOException {
        Files.deleteIfExists(file);
        Files.delete(file.toAbsolutePath().getParent());
    }

    @Property(tries = 200)
    void read_isWhatWasWritten(
            @ForAll @IntRange(min = 1, max = 300) int vocabularySize,
            @ForAll @IntRange(max = 3) int tables,
            @ForAll @DoubleRange(min = 0, max = 1) double density,
            @ForAll long seed)
            throws IOException {
        Random random = new Random(seed);
        List<Table> written = IntStream.range(0, tables)
                .mapToObj(i -> table("e" + i, "ü" + i, vocabularySize, density, random))
                .toList();
        new ShortlistFile(vocabularySize, DIGEST, written).write(file);

        ShortlistFile read = ShortlistFile.read(file);

        assertThat(read.vocabularySize()).isEqualTo(vocabularySize);
        assertThat(read.piecesSha256()).isEqualTo(DIGEST);
        assertThat(read.tables()).usingRecursiveComparison().isEqualTo(written);
        assertThat(file.resolveSibling(file.getFileName() + ".part")).doesNotExist();
    }

    @Test
    void lists_takeLittleMoreThanTheLeastPossible() throws IOException {
        int vocabularySize = 8000;
        new ShortlistFile(vocabularySize, DIGEST, List.of(table("en", "fr", vocabularySize, 0.003, new Random(3))))
                .write(file);

        // Each piece is in a list or not, with the probability 0.003: so many bits is its entropy, and a list's length
        // is a number.
        double leastBits = (vocabularySize + 1.0)
                * vocabularySize
                * -(0.003 * Math.log(0.003) + 0.997 * Math.log(0.997))
                / Math.log(2);
        assertThat(8.0 * Files.size(file)).isBetween(leastBits, 1.1 * leastBits);
    }

    @Test
    void write_listsThatDoNotAscendOrLeaveTheVocabulary_areRefused() {
        for (int[] wrong : new int[][] {{3, 3}, {4, 2}, {5}, {-1}}) {
            Table table = new Table("en", "fr", wrong, new int[5][0]);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new ShortlistFile(5, DIGEST, List.of(table)).write(file))
                    .withMessageContaining("ids must ascend and be below 5");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new ShortlistFile(6, DIGEST, List.of(new Table("en", "fr", new int[0], new int[5][0]))))
                .withMessage("the table en-fr must have a list for each of 6 pieces, but has 5");
    }

    @Test
    void read_damagedAnywhereOrCutShort_namesTheFile() throws IOException {
        new ShortlistFile(40, DIGEST, List.of(table("en", "fr", 40, 0.2, new Random(1)))).write(file);
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 4;
            Files.write(file, damaged);
            assertRefused("");
            Files.write(file, Arrays.copyOf(whole, at));
            assertRefused("");
        }
        Files.write(file, Arrays.copyOf(whole, whole.length + 1));
        assertRefused("is truncated or damaged: its checksum is ");
    }

    @Test
    void read_whatIsNoShortlist_saysWhy() throws IOException {
        assertRefused("no such file");
        Files.writeString(file, "Something else entirely.");
        assertRefused("not a shortlist: it does not begin with 'shrtlist'");
        new ShortlistFile(4, DIGEST, List.of()).write(file);
        byte[] newer = Files.readAllBytes(file);
        ByteBuffer.wrap(newer).putInt(8, 7);
        Files.write(file, newer);
        assertRefused("version 7 is not known here; the newest known is 1");
    }

    private void assertRefused(String problem) {
        assertThatThrownBy(() -> ShortlistFile.read(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": " + problem);
    }

    private static Table table(String source, String target, int vocabularySize, double density, Random random) {
        int[][] perPiece = IntStream.range(0, vocabularySize)
                .mapToObj(piece -> ids(vocabularySize, density, random))
                .toArray(int[][]::new);
        return new Table(source, target, ids(vocabularySize, density, random), perPiece);
    }

    private static int[] ids(int vocabularySize, double density, Random random) {
        return IntStream.range(0, vocabularySize)
                .filter(id -> random.nextDouble() < density)
                .toArray();
    }
}
