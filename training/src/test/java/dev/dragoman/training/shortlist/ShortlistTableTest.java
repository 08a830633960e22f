package dev.dragoman.training.shortlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.dragoman.inference.Shortlist;
import dev.dragoman.model.checkpoint.ShortlistFile.Table;
import dev.dragoman.tokenizer.PieceType;
import dev.dragoman.tokenizer.Vocabulary;
import dev.dragoman.training.data.EncodedCorpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On random pairs of the ids of a real vocabulary of 1,000 pieces, byte pieces included. */
class ShortlistTableTest {
    private static final int FIRST_WORD = 400;

    private static Vocabulary vocabulary;
    private static Bitext text;
    private static LexicalModel model;
    private static long[] counts;
    private static int byteId;

    @BeforeAll
    static void train() throws IOException {
        vocabulary = Vocabulary.read(Path.of("../tokenizer/src/test/resources/dev/dragoman/tokenizer/pieces.model"));
        byteId = vocabulary.idOf("<0xE2>").orElseThrow();
        Random random = new Random(8);
        List<int[]> sources = new ArrayList<>();
        List<int[]> targets = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            // Some pieces are frequent, most are not.
            int[] source = IntStream.range(0, 3 + random.nextInt(10))
                    .map(token -> FIRST_WORD + (int) (200 * Math.pow(random.nextDouble(), 3)))
                    .toArray();
            // A word becomes the one 100 behind it, which is a source word as well, or the one behind that.
            int[] target = Arrays.stream(source)
                    .map(id -> id + 100 + (random.nextInt(4) == 0 ? 1 : 0))
                    .toArray();
            sources.add(source);
            targets.add(target);
        }
        targets.get(0)[0] = byteId;
        text = Bitext.of(EncodedCorpus.ofPairs(OptionalInt.empty(), sources, targets), 5000);
        model = LexicalModel.train(text, vocabulary.size(), new LexicalOptions(4, 0.08, 4, 0.01), 2, round -> {});
        counts = text.targetCounts(vocabulary.size());
    }

    @Test
    void always_isWhatIsFrequentOrForSpelling() {
        int[] always = table(10, 0, 1).always();

        assertThat(always).isSorted().doesNotHaveDuplicates().contains(vocabulary.eosId(), byteId);
        long tenth = Arrays.stream(counts)
                .sorted()
                .skip(counts.length - 10)
                .findFirst()
                .orElseThrow();
        for (int id = 0; id < counts.length; id++) {
            if (counts[id] > tenth) {
                assertThat(always).contains(id);
            }
        }
        for (int id : always) {
            boolean spells = vocabulary.type(id) == PieceType.BYTE
                    || vocabulary.piece(id).length() == 1
                    || id == vocabulary.eosId();
            assertThat(counts[id] >= tenth || spells).as("piece %d", id).isTrue();
        }
        // A byte that the targets never have is not worth its place.
        assertThat(always).doesNotContain(vocabulary.idOf("<0x00>").orElseThrow());
        assertThat(table(0, 0, 1).always().length).isLessThan(always.length - 5);
        assertThat(table(1_000_000, 0, 1).always())
                .hasSize((int) Arrays.stream(counts).filter(count -> count > 0).count() + 1);
    }

    @Test
    void perPiece_isTheMostProbableThatIsNotThereAnyway() {
        Table table = table(10, 3, 1);
        for (int source = 0; source < vocabulary.size(); source++) {
            int id = source;
            int[] best = IntStream.range(0, vocabulary.size())
                    .filter(target -> model.count(id) > 0 && model.probability(id, target) > 1e-5)
                    .boxed()
                    .sorted((a, b) -> {
                        int byProbability =
                                Float.compare((float) model.probability(id, b), (float) model.probability(id, a));
                        return byProbability == 0 ? Integer.compare(a, b) : byProbability;
                    })
                    .limit(3)
                    .mapToInt(Integer::intValue)
                    .filter(target -> target != id && Arrays.binarySearch(table.always(), target) < 0)
                    .sorted()
                    .toArray();
            assertThat(table.perPiece()[source]).as("piece %d", source).isEqualTo(best);
        }
        assertThat(Arrays.stream(table.perPiece()).mapToInt(list -> list.length).sum())
                .isGreaterThan(200);
    }

    @Test
    void mass_endsAList() {
        int source = FIRST_WORD + 60;
        assertThat(model.probability(source, source + 100)).isBetween(0.6, 0.9);

        assertThat(table(0, 100, 0).perPiece()[source]).isEmpty();
        assertThat(table(0, 100, 0.5).perPiece()[source]).containsExactly(source + 100);
        assertThat(table(0, 100, 0.95).perPiece()[source]).contains(source + 100, source + 101);
        assertThat(table(0, 100, 1).perPiece()[source].length)
                .isGreaterThan(table(0, 100, 0.95).perPiece()[source].length);
    }

    @Test
    void coverage_countsPiecesAndSentences() {
        // 2 allows 3, and nothing else is allowed.
        int[][] perPiece = {{}, {}, {3}, {}, {}};
        Coverage coverage = new Coverage(new Shortlist(new Table("en", "fr", new int[0], perPiece)));
        coverage.add(new int[] {2}, new int[] {3, 2});
        coverage.add(new int[] {1, 1}, new int[] {1, 3});

        assertThat(coverage.pieces()).isEqualTo(0.75, within(1e-12));
        assertThat(coverage.sentences()).isEqualTo(0.5, within(1e-12));
        assertThat(coverage.meanLength()).isEqualTo(1.5, within(1e-12));
        assertThat(coverage.longest()).isEqualTo(2);
    }

    @Test
    void options_outOfRange_areNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ShortlistOptions(-1, 0, 0))
                .withMessage("frequent must not be negative, but is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ShortlistOptions(0, -1, 0))
                .withMessage("perPiece must not be negative, but is -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ShortlistOptions(0, 0, 1.1))
                .withMessage("mass must be from 0 to 1, but is 1.1");
    }

    private static Table table(int frequent, int perPiece, double mass) {
        return ShortlistTable.of(model, counts, vocabulary, "en", "fr", new ShortlistOptions(frequent, perPiece, mass));
    }
}
