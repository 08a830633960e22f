package dev.dragoman.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.ShortlistFile;
import dev.dragoman.model.checkpoint.ShortlistFile.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShortlistTest {
    private static final LanguagePair EN_FR = new LanguagePair("en", "fr");
    private static final LanguagePair EN_DE = new LanguagePair("en", "de");

    @Property(tries = 300)
    void allowed_isWhatTheListsAndTheSourceHave(
            @ForAll @IntRange(min = 1, max = 200) int vocabularySize,
            @ForAll @IntRange(max = 30) int sourceLength,
            @ForAll long seed) {
        Random random = new Random(seed);
        Table table = table("fr", vocabularySize, random);
        int[] source = random.ints(sourceLength, 0, vocabularySize).toArray();
        Set<Integer> expected = new TreeSet<>();
        add(table.always(), expected);
        add(source, expected);
        for (int piece : source) {
            add(table.perPiece()[piece], expected);
        }

        int[] allowed = new Shortlist(table).allowed(source);

        assertThat(allowed)
                .containsExactly(expected.stream().mapToInt(Integer::intValue).toArray());
    }

    @Test
    void allowed_doesNotRememberTheSentenceBefore() {
        Shortlist shortlist = new Shortlist(new Table("en", "fr", new int[] {1}, new int[][] {{2}, {3}, {}, {}}));
        assertThat(shortlist.allowed(new int[] {0})).containsExactly(0, 1, 2);
        assertThat(shortlist.allowed(new int[0])).containsExactly(1);
    }

    @Test
    void read_knowsTheDirectionsOfTheModel(@TempDir Path directory) throws IOException {
        Path pieces = Files.writeString(directory.resolve("pieces.model"), "pieces");
        Path file = directory.resolve("shortlist.bin");
        Random random = new Random(5);
        List<Table> tables = List.of(table("it", 90, random), table("fr", 90, random));
        new ShortlistFile(90, ShortlistFile.piecesSha256(pieces), tables).write(file);

        Map<LanguagePair, Shortlist> read = Shortlist.read(file, pieces, 90, List.of(EN_FR, EN_DE));

        assertThat(read).containsOnlyKeys(EN_FR);
        int[] source = {3, 80, 80, 7};
        assertThat(read.get(EN_FR).allowed(source)).isEqualTo(new Shortlist(tables.get(1)).allowed(source));
    }

    @Test
    void read_ofOtherPieces_isRefused(@TempDir Path directory) throws IOException {
        Path pieces = Files.writeString(directory.resolve("pieces.model"), "pieces");
        Path file = directory.resolve("shortlist.bin");
        String digest = ShortlistFile.piecesSha256(pieces);
        new ShortlistFile(90, digest, List.of()).write(file);

        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> Shortlist.read(file, pieces, 91, List.of(EN_FR)))
                .withMessageStartingWith(file + ": was made for a vocabulary of 90 pieces, but the model has 91");
        Files.writeString(pieces, "others");
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> Shortlist.read(file, pieces, 90, List.of(EN_FR)))
                .withMessageStartingWith(file + ": was made for other pieces: the SHA-256 of their pieces.model was "
                        + digest + ", but is ");
    }

    private static Table table(String target, int vocabularySize, Random random) {
        int[][] perPiece = IntStream.range(0, vocabularySize)
                .mapToObj(piece -> ids(vocabularySize, random))
                .toArray(int[][]::new);
        return new Table("en", target, ids(vocabularySize, random), perPiece);
    }

    private static int[] ids(int vocabularySize, Random random) {
        double density = 0.2 * random.nextDouble();
        return IntStream.range(0, vocabularySize)
                .filter(id -> random.nextDouble() < density)
                .toArray();
    }

    private static void add(int[] ids, Set<Integer> set) {
        for (int id : ids) {
            set.add(id);
        }
    }
}
