package dev.dragoman.model;

import static dev.dragoman.model.TestDevice.within;
import static dev.dragoman.model.TinyModels.BOS;
import static dev.dragoman.model.TinyModels.EOS;
import static dev.dragoman.model.TinyModels.PAD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(TestDevice.class)
class DecodingTest {
    private static final int VOCABULARY = 11;
    private static final int[][] SOURCES = {{4, 5, 6, 7, EOS}, {8, EOS}, {9, 10, 4, EOS}};

    private NDManager manager;
    private TranslationNetwork network;

    @BeforeEach
    void open() {
        manager = TestDevice.newManager();
        network = network(of(Form.PARALLEL));
    }

    @AfterEach
    void close() {
        // Not there where the test was skipped.
        if (network != null) {
            network.close();
            manager.close();
        }
    }

    private static NetworkConfiguration of(Form form) {
        return TinyNetworks.of(VOCABULARY, form, Score.FACTORISED, true, 12);
    }

    static Stream<NetworkConfiguration> makes() {
        return Stream.concat(
                Arrays.stream(Form.values()).map(DecodingTest::of),
                Stream.of(
                        TinyNetworks.gnmt(VOCABULARY),
                        TinyNetworks.rnmt(VOCABULARY, 1, 3),
                        TinyNetworks.mixed(VOCABULARY)));
    }

    private TranslationNetwork network(NetworkConfiguration configuration) {
        TranslationNetwork result = TranslationNetwork.of(configuration, Compute.FLOAT32);
        RandomArrays.fill(result, manager, new Random(21), 0.5);
        return result;
    }

    private Decoding decoding(int[]... sources) {
        return EngineDecoding.open(network, manager, PAD, sources);
    }

    /** A row of the test's own book-keeping: which sentence, and the tokens fed so far. */
    private record Row(int sentence, List<Integer> fed) {
        Row feed(int id) {
            List<Integer> longer = new ArrayList<>(fed);
            longer.add(id);
            return new Row(sentence, longer);
        }
    }

    /**
     * Whatever happens to rows, each goes on as if it were alone: rows are kept, exchanged, copied, dropped and multiplied at random,
     * sentences come in between, and every step is held against a decoding of that one sentence along those tokens.
     */
    @ParameterizedTest
    @MethodSource("makes")
    void reorderAndAdmit_anyHow_rowsGoOnAsIfAlone(NetworkConfiguration configuration) {
        network.close();
        network = network(configuration);
        Random random = new Random(22);
        try (Decoding decoding = decoding(SOURCES)) {
            List<Row> rows = new ArrayList<>();
            for (int b = 0; b < SOURCES.length; b++) {
                rows.add(new Row(b, List.of()));
            }
            for (int step = 0; step < 18; step++) {
                feed(decoding, rows, random);
                int[] origins = origins(step, rows.size(), random);
                decoding.reorder(origins);
                List<Row> next = new ArrayList<>();
                for (int origin : origins) {
                    next.add(rows.get(origin));
                }
                if (step % 3 == 1 || next.isEmpty()) {
                    int[] sentences =
                            random.ints(1 + step % 2, 0, SOURCES.length).toArray();
                    decoding.admit(
                            Arrays.stream(sentences).mapToObj(b -> SOURCES[b]).toArray(int[][]::new));
                    Arrays.stream(sentences).forEach(b -> next.add(new Row(b, List.of())));
                }
                rows = next;
                assertThat(decoding.rows()).isEqualTo(rows.size());
            }
        }
    }

    /** Feeds every row {@code <s>} or, later, any token, and compares what it answers with a decoding of its sentence alone. */
    private void feed(Decoding decoding, List<Row> rows, Random random) {
        int[] ids = new int[rows.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = rows.get(i).fed().isEmpty() ? BOS : 4 + random.nextInt(VOCABULARY - 4);
            rows.set(i, rows.get(i).feed(ids[i]));
        }
        Decoding.Step step = decoding.step(ids, VOCABULARY, true);
        float[][] actual = byId(step);
        for (int i = 0; i < ids.length; i++) {
            int length = SOURCES[rows.get(i).sentence()].length;
            assertThat(decoding.sourceLength(i)).isEqualTo(length);
            assertThat(actual[i]).containsExactly(alone(rows.get(i)), within(1e-5f));
            float sum = 0;
            for (int token = 0; token < length; token++) {
                sum += Objects.requireNonNull(step.attention())[i][token];
            }
            assertThat(sum).isCloseTo(1, within(1e-5f));
        }
    }

    /** The ids that each sentence's most probable continuations make are the same, whenever and beside whomever it was admitted. */
    @ParameterizedTest
    @MethodSource("makes")
    void admit_late_givesTheIdsOfASeparateDecoding(NetworkConfiguration configuration) {
        network.close();
        network = network(configuration);
        List<List<Integer>> alone = new ArrayList<>();
        for (int[] source : SOURCES) {
            try (Decoding decoding = decoding(source)) {
                List<List<Integer>> one = List.of(new ArrayList<>());
                for (int step = 0; step < 8; step++) {
                    greedy(decoding, one);
                }
                alone.add(one.get(0));
            }
        }
        try (Decoding decoding = decoding()) {
            List<List<Integer>> together = new ArrayList<>();
            for (int step = 0; step < 8 + SOURCES.length; step++) {
                if (step < SOURCES.length) {
                    decoding.admit(new int[][] {SOURCES[step]});
                    together.add(new ArrayList<>());
                }
                greedy(decoding, together);
            }
            for (int b = 0; b < SOURCES.length; b++) {
                assertThat(together.get(b).subList(0, 8)).isEqualTo(alone.get(b));
            }
        }
    }

    private static void greedy(Decoding decoding, List<List<Integer>> histories) {
        int[] ids = new int[histories.size()];
        Arrays.setAll(ids, i -> {
            List<Integer> history = histories.get(i);
            return history.isEmpty() ? BOS : history.get(history.size() - 1);
        });
        Decoding.Step step = decoding.step(ids, 1, false);
        for (int i = 0; i < ids.length; i++) {
            histories.get(i).add(step.ids()[i]);
        }
    }

    private static int[] origins(int step, int rows, Random random) {
        return switch (step % 7) {
            // Identity, one row copied over all, exchange of first and last, more rows, fewer rows, anything, none.
            case 0 -> ascending(rows);
            case 1 -> new int[rows];
            case 2 -> reversed(rows);
            case 3 -> random.ints(rows + 2, 0, rows).toArray();
            case 4 -> Arrays.copyOf(ascending(rows), Math.max(1, rows - 1));
            case 5 -> random.ints(3, 0, rows).toArray();
            default -> new int[0];
        };
    }

    private static int[] ascending(int rows) {
        int[] result = new int[rows];
        Arrays.setAll(result, i -> i);
        return result;
    }

    private static int[] reversed(int rows) {
        int[] result = new int[rows];
        Arrays.setAll(result, i -> rows - 1 - i);
        return result;
    }

    private float[] alone(Row row) {
        try (Decoding decoding = decoding(SOURCES[row.sentence()])) {
            float[] last = {};
            for (int id : row.fed()) {
                last = byId(decoding.step(new int[] {id}, VOCABULARY, false))[0];
            }
            return last;
        }
    }

    private static float[][] byId(Decoding.Step step) {
        float[][] result = new float[step.ids().length / VOCABULARY][VOCABULARY];
        for (int i = 0; i < step.ids().length; i++) {
            result[i / VOCABULARY][step.ids()[i]] = step.logProbabilities()[i];
        }
        return result;
    }

    @Test
    void step_ofSentencesWithLists_hasWhatIsOnThem() {
        int[] ids = {BOS, BOS, BOS};
        int[][] lists = {{1, 4, 9}, null, {7}};
        try (Decoding listed = decoding();
                Decoding all = decoding(SOURCES)) {
            listed.admit(SOURCES, lists);
            for (int t = 0; t < 2; t++) {
                Decoding.Step step = listed.step(ids, 4, false, new int[][] {{9, 2}, null, null});
                float[][] byId = byId(all.step(ids, VOCABULARY, false));
                for (int i = 0; i < 3; i++) {
                    assertThat(step.logProbabilities()[i]).isCloseTo(byId[0][step.ids()[i]], within(1e-4f));
                    assertThat(step.ids()[i]).isIn(1, 4, 9);
                }
                assertThat(step.logProbabilities()[3]).isEqualTo(Float.NEGATIVE_INFINITY);
                assertThat(step.logProbabilities()[4]).isCloseTo(byId[1][step.ids()[4]], within(1e-4f));
                assertThat(step.ids()[8]).isEqualTo(7);
                assertThat(step.logProbabilities()[8]).isCloseTo(byId[2][7], within(1e-4f));
                assertThat(step.scored()[0][0]).isCloseTo(byId[0][9], within(1e-4f));
                assertThat(step.scored()[0][1]).isEqualTo(Float.NEGATIVE_INFINITY);
                // The lists move with their rows.
                listed.reorder(new int[] {0, 1, 2});
                all.reorder(new int[] {0, 1, 2});
                ids = new int[] {4, 5, 7};
            }
            listed.reorder(new int[] {2, 0});
            Decoding.Step moved = listed.step(new int[] {7, 4}, 2, false);
            assertThat(moved.ids()[0]).isEqualTo(7);
            assertThat(moved.ids()[2]).isIn(1, 4, 9);
        }
    }

    @Test
    void step_scoredIds_areToldWhateverTheirRank() {
        int[] ids = {BOS, BOS, BOS};
        try (Decoding decoding = decoding(SOURCES);
                Decoding all = decoding(SOURCES)) {
            Decoding.Step step = decoding.step(ids, 2, false, new int[][] {{4, 9}, null, {0}});
            Decoding.Step every = all.step(ids, VOCABULARY, false);
            float[][] byId = byId(every);
            assertThat(step.ids()).hasSize(6);
            assertThat(step.ids()[2]).isEqualTo(every.ids()[VOCABULARY]);
            assertThat(step.scored()).isDeepEqualTo(new float[][] {{byId[0][4], byId[0][9]}, null, {byId[2][0]}});
            assertThat(every.scored()).isNull();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoding.step(ids, 2, false, new int[][] {{4}, {VOCABULARY}, null}))
                    .withMessage("id must be from 0 to 10, but is 11");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoding.step(ids, 2, false, new int[][] {{4}}))
                    .withMessage("scored rows must be from 3 to 3, but is 1");
        }
    }

    @Test
    void step_candidatesAreTheBestOfAll() {
        int[] ids = {BOS, BOS, BOS};
        try (Decoding few = decoding(SOURCES);
                Decoding all = decoding(SOURCES)) {
            Decoding.Step two = few.step(ids, 2, false);
            Decoding.Step every = all.step(ids, VOCABULARY, false);
            assertThat(two.ids()).hasSize(6);
            for (int row = 0; row < 3; row++) {
                for (int i = 0; i < 2; i++) {
                    assertThat(two.ids()[row * 2 + i]).isEqualTo(every.ids()[row * VOCABULARY + i]);
                    assertThat(two.logProbabilities()[row * 2 + i])
                            .isEqualTo(every.logProbabilities()[row * VOCABULARY + i]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("makes")
    void step_attention_isAsWideAsEachSource_andSumsToOne(NetworkConfiguration configuration) {
        network.close();
        network = network(configuration);
        try (Decoding decoding = decoding(SOURCES)) {
            assertThat(decoding.step(new int[] {BOS, BOS, BOS}, 1, false).attention())
                    .isNull();
            decoding.reorder(new int[] {1, 2, 0, 0});
            float[][] attention = decoding.step(new int[] {5, 5, 5, 5}, 1, true).attention();
            assertThat(attention).hasNumberOfRows(4);
            int[] lengths = {2, 4, 5, 5};
            for (int row = 0; row < 4; row++) {
                assertThat(attention[row]).hasSize(lengths[row]);
                float sum = 0;
                for (float weight : attention[row]) {
                    sum += weight;
                }
                assertThat(sum).isCloseTo(1, within(1e-5f));
            }
        }
    }

    @Test
    void wrongArguments_areNamed_andLeaveTheDecodingAsItWas() {
        try (Decoding decoding = decoding(SOURCES)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoding.step(new int[] {BOS, BOS}, 1, false))
                    .withMessage("one id per row, 3, is needed, but there are 2");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoding.step(new int[] {BOS, VOCABULARY, BOS}, 1, false))
                    .withMessage("id must be from 0 to 10, but is 11");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoding.step(new int[] {BOS, BOS, -1}, 1, false))
                    .withMessage("id must be from 0 to 10, but is -1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoding.step(new int[] {BOS, BOS, BOS}, 0, false))
                    .withMessage("candidates must be from 1 to 11, but is 0");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoding.step(new int[] {BOS, BOS, BOS}, 12, false))
                    .withMessage("candidates must be from 1 to 11, but is 12");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoding.reorder(new int[] {0, 3}))
                    .withMessage("origin must be from 0 to 2, but is 3");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoding.reorder(new int[] {-1}))
                    .withMessage("origin must be from 0 to 2, but is -1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoding.admit(new int[][] {{4, EOS}, {VOCABULARY, EOS}}))
                    .withMessage("id must be from 0 to 10, but is 11");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoding.admit(new int[][] {{4, EOS}, {}}))
                    .withMessage("a sentence must have at least 1 token, but has 0");
            assertThat(decoding.rows()).isEqualTo(3);
            assertThat(byId(decoding.step(new int[] {BOS, BOS, BOS}, VOCABULARY, false))[2])
                    .containsExactly(alone(new Row(2, List.of(BOS))), within(1e-5f));
        }
    }

    @Test
    void withoutRows_stepsAndReorderings_areEmpty() {
        try (Decoding decoding = decoding()) {
            assertThat(decoding.rows()).isZero();
            assertThat(decoding.step(new int[0], 2, true).ids()).isEmpty();
            decoding.reorder(new int[0]);
            decoding.admit(new int[0][]);
            assertThat(decoding.rows()).isZero();
        }
    }

    @Test
    void close_givesBackEveryArray() {
        int before = manager.getManagedArrays().size();
        for (int i = 0; i < 5; i++) {
            try (Decoding decoding = decoding(SOURCES)) {
                decoding.step(new int[] {BOS, BOS, BOS}, 2, true);
                decoding.reorder(new int[] {2, 0});
                decoding.step(new int[] {5, 5}, 2, false);
            }
        }
        assertThat(manager.getManagedArrays()).hasSize(before);
    }

    /** Sentences come and go a thousand times in one decoding; those that have gone must not stay behind. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void admit_manyTimes_keepsMemoryFlat() throws IOException {
        int[] source = new int[400];
        Arrays.fill(source, 4);
        int[] kept = {1, 2};
        try (Decoding decoding = decoding(source, source)) {
            long before = 0;
            for (int i = 0; i < 1000; i++) {
                decoding.admit(new int[][] {source});
                decoding.step(new int[3], 2, false);
                decoding.reorder(kept);
                if (i == 300) {
                    System.gc();
                    before = residentKilobytes();
                }
            }
            System.gc();
            assertThat(residentKilobytes() - before).isLessThan(30_000);
        }
    }

    /**
     * Native memory, which no Java tool counts. Forgetting the encoded batch in each cycle would add up to more than a hundred
     * megabytes.
     */
    @Test
    @EnabledOnOs(OS.LINUX)
    void openStepClose_manyTimes_keepsMemoryFlat() throws IOException {
        NetworkConfiguration wide = new NetworkConfiguration(
                64,
                64,
                64,
                1,
                2,
                true,
                1,
                new Attention(Form.PARALLEL, Score.FACTORISED, 64),
                new Mixture(2, 1, 8, List.of(), List.of(1), 0, 0, 0, false),
                true,
                0,
                50);
        int[][] sources = new int[32][40];
        try (TranslationNetwork large = TranslationNetwork.of(wide, Compute.FLOAT32)) {
            RandomArrays.fill(large, manager, new Random(1), 0.1);
            cycles(large, sources, 60);
            cycles(large, sources, 40);
            System.gc();
            long before = residentKilobytes();
            cycles(large, sources, 200);
            System.gc();
            assertThat(residentKilobytes() - before).isLessThan(40_000);
        }
    }

    private void cycles(TranslationNetwork large, int[][] sources, int count) {
        int[] rotated = new int[sources.length];
        Arrays.setAll(rotated, i -> (i + 1) % rotated.length);
        for (int i = 0; i < count; i++) {
            try (Decoding decoding = EngineDecoding.open(large, manager, PAD, sources)) {
                for (int step = 0; step < 3; step++) {
                    decoding.step(new int[sources.length], 4, true);
                    decoding.reorder(rotated);
                }
            }
        }
    }

    private static long residentKilobytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IllegalStateException("/proc/self/status has no VmRSS");
    }
}
