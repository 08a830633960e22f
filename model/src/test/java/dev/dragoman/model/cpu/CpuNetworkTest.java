package dev.dragoman.model.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.model.Decoding;
import dev.dragoman.model.RandomModels;
import dev.dragoman.model.TinyModels;
import dev.dragoman.model.TinyNetworks;
import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.BothWays;
import dev.dragoman.model.configuration.NetworkConfiguration.ContextTo;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Join;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The network by native kernels beside the same one by the engine, in float32. */
class CpuNetworkTest {
    private static final int VOCABULARY = 90;
    private static final int[][] SOURCES = {
        {4, 5, 6, 7, TinyModels.EOS},
        {8, TinyModels.EOS},
        {9, 10, 40, 41, 42, 43, 4, TinyModels.EOS},
        {80, 81, TinyModels.EOS}
    };

    @TempDir
    Path directory;

    @BeforeEach
    void requireLibrary() {
        assumeTrue(
                CpuKernels.variant("auto").isPresent(),
                "the native library was not built: see model/src/main/cpp/build.sh");
    }

    private static NetworkConfiguration network(
            Form form, Score score, int heads, ContextTo contextTo, BothWays bothWays, int cells, Mixture mixture) {
        return new NetworkConfiguration(
                VOCABULARY,
                24,
                cells,
                2,
                3,
                bothWays != null,
                bothWays != null && bothWays.join() == Join.CONCATENATED ? 4 : 1,
                new Attention(form, score, 20, heads, contextTo),
                mixture,
                contextTo != ContextTo.LAYERS_AND_SOFTMAX,
                0,
                50,
                bothWays,
                false);
    }

    private static Mixture mixture(GateKind kind, int groups, boolean sigmoid) {
        return new Mixture(12, 2, 40, List.of(1), List.of(1, 2), 0, 0, 0, sigmoid, new Gating(kind, groups));
    }

    /** Everything that a network can differ in, each at least once beside all kinds of the next. */
    static Stream<NetworkConfiguration> networks() {
        List<NetworkConfiguration> all = new ArrayList<>();
        // Rows go to all experts: where they choose, a choice that is close goes one way in eight bits and the other in
        // 32.
        Mixture flat = mixture(GateKind.SOFTMAX, 0, false);
        BothWays halves = BothWays.BOTTOM_IN_HALVES;
        for (Form form : Form.values()) {
            for (Score score : Score.values()) {
                for (int heads : new int[] {1, 4}) {
                    all.add(network(form, score, heads, ContextTo.FIRST_LAYER, halves, 24, flat));
                }
            }
            for (ContextTo contextTo : ContextTo.values()) {
                all.add(network(form, Score.FACTORISED, 1, contextTo, null, 36, flat));
            }
        }
        for (Join join : Join.values()) {
            for (int layers : new int[] {1, 2}) {
                all.add(network(
                        Form.PARALLEL,
                        Score.FACTORISED,
                        1,
                        ContextTo.FIRST_LAYER,
                        new BothWays(layers, join),
                        44,
                        flat));
            }
        }
        for (GateKind kind : GateKind.values()) {
            for (int groups : kind == GateKind.SOFTMAX ? new int[] {0} : new int[] {0, 3}) {
                for (boolean sigmoid : new boolean[] {false, true}) {
                    Mixture mixture = mixture(kind, groups, sigmoid);
                    all.add(network(Form.RECURRENT, Score.FACTORISED, 1, ContextTo.FIRST_LAYER, halves, 24, mixture));
                }
            }
        }
        all.add(TinyNetworks.gnmt(VOCABULARY));
        return all.stream();
    }

    private ModelDirectory write(NetworkConfiguration network, StoredType precision) throws IOException {
        TinyModels.write(directory, TinyModels.configuration(network), 31, precision);
        Files.writeString(directory.resolve(ModelDirectory.PIECES), "pieces");
        return ModelDirectory.open(directory);
    }

    private CpuNetwork open(ModelDirectory files) {
        return open(files, 1);
    }

    private CpuNetwork open(ModelDirectory files, int threads) {
        return CpuNetwork.open(files, CpuKernels.variant("auto").orElseThrow(), threads, 8);
    }

    /** Log probabilities of all pieces, after each of some steps, of every row. */
    private static List<float[][]> steps(Decoding decoding, int count) {
        List<float[][]> result = new ArrayList<>();
        int[] ids = new int[decoding.rows()];
        Arrays.fill(ids, TinyModels.BOS);
        for (int t = 0; t < count; t++) {
            Decoding.Step step = decoding.step(ids, VOCABULARY, true);
            float[][] all = byId(step, ids.length);
            for (int row = 0; row < ids.length; row++) {
                float[] weights = Objects.requireNonNull(step.attention())[row];
                double sum = IntStream.range(0, decoding.sourceLength(row))
                        .mapToDouble(i -> weights[i])
                        .sum();
                assertThat(sum).isCloseTo(1, within(1e-4));
                ids[row] = 4 + (7 * t + 11 * row) % (VOCABULARY - 4);
            }
            result.add(all);
        }
        return result;
    }

    private static float[][] byId(Decoding.Step step, int rows) {
        float[][] result = new float[rows][VOCABULARY];
        for (int i = 0; i < rows * VOCABULARY; i++) {
            result[i / VOCABULARY][step.ids()[i]] = step.logProbabilities()[i];
        }
        return result;
    }

    /**
     * By how much log probabilities differ, of each row and step: the root of the mean square, as a share of the deviation that they have
     * themselves. In ascending order.
     */
    private static double[] differences(List<float[][]> actual, List<float[][]> expected) {
        List<Double> result = new ArrayList<>();
        for (int t = 0; t < expected.size(); t++) {
            for (int row = 0; row < expected.get(t).length; row++) {
                float[] numbers = expected.get(t)[row];
                double mean = IntStream.range(0, numbers.length)
                        .mapToDouble(i -> numbers[i])
                        .average()
                        .orElseThrow();
                double spread = 0;
                double error = 0;
                for (int i = 0; i < numbers.length; i++) {
                    spread += Math.pow(numbers[i] - mean, 2);
                    error += Math.pow(actual.get(t)[row][i] - numbers[i], 2);
                }
                result.add(Math.sqrt(error / spread));
            }
        }
        return result.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private static double median(double[] sorted) {
        return sorted[sorted.length / 2];
    }

    private static double largest(double[] sorted) {
        return sorted[sorted.length - 1];
    }

    @ParameterizedTest
    @MethodSource("networks")
    void step_isAboutTheEngines(NetworkConfiguration configuration) throws IOException {
        // Layers of these neither swell what they are given nor let it fade, as those of trained networks.
        RandomModels.write(directory, TinyModels.configuration(configuration), 8);
        Files.writeString(directory.resolve(ModelDirectory.PIECES), "pieces");
        ModelDirectory files = ModelDirectory.open(directory);
        List<float[][]> expected;
        try (TranslationModel engine = TranslationModel.open(directory);
                Decoding decoding = engine.decode(SOURCES)) {
            assertThat(engine.computedBy()).startsWith("PyTorch");
            expected = steps(decoding, 6);
        }
        try (CpuNetwork network = open(files);
                Decoding decoding = network.decode(SOURCES)) {
            double[] differences = differences(steps(decoding, 6), expected);
            assertThat(median(differences)).isLessThan(0.1);
            if (configuration.mixture().gating().kind() == GateKind.SOFTMAX) {
                assertThat(largest(differences)).isLessThan(0.25);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(StoredType.class)
    void open_readsEveryPrecision(StoredType precision) throws IOException {
        ModelDirectory files = write(TinyNetworks.gnmt(VOCABULARY, 1, 2), precision);
        List<float[][]> expected;
        try (TranslationModel engine = TranslationModel.open(directory);
                Decoding decoding = engine.decode(SOURCES)) {
            expected = steps(decoding, 4);
        }
        try (CpuNetwork network = open(files);
                Decoding decoding = network.decode(SOURCES)) {
            assertThat(median(differences(steps(decoding, 4), expected))).isLessThan(0.1);
        }
    }

    /** Every variant that this processor runs. */
    @ParameterizedTest
    @MethodSource("networks")
    void step_isTheSameByAllVariants(NetworkConfiguration configuration) throws IOException {
        ModelDirectory files = write(configuration, StoredType.I8);
        int[][] many = IntStream.range(0, 40).mapToObj(i -> SOURCES[i % 4]).toArray(int[][]::new);
        List<List<float[][]>> results = new ArrayList<>();
        for (String variant : List.of("generic", "avx2", "avx512", "amx", "neon")) {
            try (CpuNetwork network =
                            CpuNetwork.open(files, CpuKernels.variant(variant).orElseThrow(), 2, 8);
                    Decoding decoding = network.decode(many)) {
                results.add(steps(decoding, 3));
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("or is not for this processor");
            }
        }
        for (List<float[][]> result : results) {
            // A number that lies on the edge between two of eight bits may fall to either side.
            assertThat(median(differences(result, results.get(0)))).isLessThan(0.01);
        }
    }

    private record Row(int sentence, List<Integer> fed) {
        Row feed(int id) {
            List<Integer> longer = new ArrayList<>(fed);
            longer.add(id);
            return new Row(sentence, longer);
        }
    }

    /**
     * Rows are kept, copied, dropped and admitted at random, few and many at a time, and computed by several threads: each gives, to the
     * last bit, what it gives alone by one.
     */
    @ParameterizedTest
    @MethodSource("networks")
    void rows_inAnyCompany_areBitForBitThoseAlone(NetworkConfiguration configuration) throws IOException {
        Random random = new Random(5);
        ModelDirectory files = write(configuration, StoredType.I8);
        try (CpuNetwork network = open(files, 1);
                CpuNetwork shared = open(files, 3);
                Decoding decoding = shared.decode(new int[0][])) {
            List<Row> rows = new ArrayList<>();
            for (int round = 0; round < 6; round++) {
                int[] sentences = random.ints(round == 2 ? 40 : round + 1, 0, SOURCES.length)
                        .toArray();
                decoding.admit(
                        Arrays.stream(sentences).mapToObj(b -> SOURCES[b]).toArray(int[][]::new));
                for (int b : sentences) {
                    rows.add(new Row(b, List.of()));
                }
                int[] ids = new int[rows.size()];
                for (int i = 0; i < ids.length; i++) {
                    ids[i] = rows.get(i).fed().isEmpty() ? TinyModels.BOS : 4 + random.nextInt(VOCABULARY - 4);
                    rows.set(i, rows.get(i).feed(ids[i]));
                }
                float[][] actual = byId(decoding.step(ids, VOCABULARY, false), ids.length);
                for (int i = 0; i < ids.length; i += 1 + ids.length / 8) {
                    assertThat(actual[i]).isEqualTo(alone(network, rows.get(i)));
                }
                int[] origins = random.ints(round == 4 ? 0 : 1 + random.nextInt(rows.size() + 2), 0, rows.size())
                        .toArray();
                decoding.reorder(origins);
                List<Row> before = rows;
                rows = new ArrayList<>();
                for (int origin : origins) {
                    rows.add(before.get(origin));
                }
                assertThat(decoding.rows()).isEqualTo(rows.size());
            }
        }
    }

    private static float[] alone(CpuNetwork network, Row row) {
        try (Decoding decoding = network.decode(new int[][] {SOURCES[row.sentence()]})) {
            float[] last = {};
            for (int id : row.fed()) {
                last = byId(decoding.step(new int[] {id}, VOCABULARY, false), 1)[0];
            }
            return last;
        }
    }

    /** Matrices so large that several threads do share them: few rows, by instructions for these, and many, by tiles where there are any. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8, 30})
    void step_bySeveralThreads_isBitForBitThatByOne(int sentences) throws IOException {
        Mixture mixture = new Mixture(8, 2, 512, List.of(1), List.of(1), 0, 0, 0, false, Gating.FLAT);
        NetworkConfiguration configuration = new NetworkConfiguration(
                5000,
                192,
                512,
                2,
                2,
                true,
                1,
                new Attention(Form.PARALLEL, Score.FACTORISED, 192),
                mixture,
                true,
                0,
                50);
        ModelDirectory files = write(configuration, StoredType.I8);
        int[][] sources =
                IntStream.range(0, sentences).mapToObj(i -> SOURCES[i % 4]).toArray(int[][]::new);
        List<Decoding.Step> expected = new ArrayList<>();
        for (int threads : new int[] {1, 2, 5}) {
            try (CpuNetwork network = open(files, threads);
                    Decoding decoding = network.decode(sources)) {
                int[] ids = new int[sentences];
                Arrays.fill(ids, TinyModels.BOS);
                for (int t = 0; t < 20; t++) {
                    Decoding.Step step = decoding.step(ids, 9, false);
                    for (int row = 0; row < sentences; row++) {
                        ids[row] = step.ids()[row * 9 + t % 9];
                    }
                    if (threads == 1) {
                        expected.add(new Decoding.Step(
                                step.ids().clone(), step.logProbabilities().clone(), null, null));
                    } else {
                        assertThat(step.ids()).isEqualTo(expected.get(t).ids());
                        assertThat(step.logProbabilities())
                                .isEqualTo(expected.get(t).logProbabilities());
                    }
                }
            }
        }
    }

    /**
     * Beside the probabilities of all pieces: some rows with a list, some without, and ids that are asked for. So small a vocabulary is a
     * sample of its own, which leaves nothing to estimate.
     */
    @ParameterizedTest
    @EnumSource(ContextTo.class)
    void shortlists_andScoredIds_areThoseAmongAllPieces(ContextTo contextTo) throws IOException {
        Mixture flat = mixture(GateKind.SOFTMAX, 0, false);
        ModelDirectory files =
                write(network(Form.PARALLEL, Score.FACTORISED, 1, contextTo, null, 24, flat), StoredType.I8);
        int[] all = IntStream.range(0, VOCABULARY).toArray();
        int[][] lists = {{2, 5, 9, 17}, null, IntStream.range(1, VOCABULARY).toArray(), {3}};
        int[][] scored = {{9, 4}, {0, 7, 7}, null, {3}};
        int[] ids = {2, 2, 2, 2};
        int top = 6;
        try (CpuNetwork network = open(files);
                Decoding whole = network.decode(SOURCES);
                Decoding listed = network.decode(new int[0][])) {
            listed.admit(SOURCES, lists);
            for (int t = 0; t < 3; t++) {
                float[][] byId = byId(whole.step(ids, VOCABULARY, false), 4);
                Decoding.Step actual = listed.step(ids, top, true, scored);
                for (int row = 0; row < 4; row++) {
                    float[] of = byId[row];
                    int[] list = lists[row] == null ? all : lists[row];
                    List<Integer> best = Arrays.stream(list)
                            .boxed()
                            .sorted(Comparator.comparingDouble(id -> -of[id]))
                            .toList();
                    for (int i = 0; i < top; i++) {
                        int at = row * top + i;
                        float expected = i < best.size() ? of[best.get(i)] : Float.NEGATIVE_INFINITY;
                        assertThat(actual.logProbabilities()[at]).isCloseTo(expected, within(1e-3f));
                        if (i < best.size()) {
                            assertThat(actual.ids()[at]).isEqualTo(best.get(i));
                        }
                    }
                    float[] answers = Objects.requireNonNull(actual.scored())[row];
                    assertThat(answers == null).isEqualTo(scored[row] == null);
                    for (int i = 0; answers != null && i < answers.length; i++) {
                        int id = scored[row][i];
                        float expected = Arrays.binarySearch(list, id) >= 0 ? of[id] : Float.NEGATIVE_INFINITY;
                        assertThat(answers[i]).isCloseTo(expected, within(1e-3f));
                    }
                }
                ids = new int[] {9, 4 + t, 6, 3};
            }
        }
    }

    /** Sentences with lists come and go in company of others, whose pieces take and leave the same places: nothing changes. */
    @Test
    void shortlists_inAnyCompany_giveWhatTheyGiveAlone() throws IOException {
        NetworkConfiguration configuration = new NetworkConfiguration(
                3000,
                64,
                64,
                1,
                2,
                false,
                1,
                new Attention(Form.PARALLEL, Score.FACTORISED, 64),
                new Mixture(4, 2, 16, List.of(1), List.of(1), 0, 0, 0, false, Gating.FLAT),
                true,
                0,
                50);
        ModelDirectory files = write(configuration, StoredType.I8);
        Random random = new Random(11);
        int[][] lists = new int[30][];
        Arrays.setAll(
                lists,
                i -> i % 5 == 4
                        ? null
                        : random.ints(1 + random.nextInt(400), 0, 3000)
                                .distinct()
                                .sorted()
                                .toArray());
        try (CpuNetwork network = open(files, 1);
                CpuNetwork shared = open(files, 3);
                Decoding company = shared.decode(new int[0][])) {
            List<Integer> rows = new ArrayList<>();
            List<Decoding> alone = new ArrayList<>();
            for (int round = 0; round < 40; round++) {
                if (round < lists.length) {
                    company.admit(new int[][] {SOURCES[round % 4]}, new int[][] {lists[round]});
                    Decoding one = network.decode(new int[0][]);
                    one.admit(new int[][] {SOURCES[round % 4]}, new int[][] {lists[round]});
                    alone.add(one);
                    rows.add(round);
                }
                int[] ids = rows.stream().mapToInt(row -> 4 + row).toArray();
                int[][] scored = rows.stream()
                        .map(row -> lists[row] == null ? new int[] {row} : new int[] {lists[row][0], row})
                        .toArray(int[][]::new);
                Decoding.Step step = company.step(ids, 7, false, scored);
                for (int i = 0; i < ids.length; i++) {
                    Decoding.Step single =
                            alone.get(rows.get(i)).step(new int[] {ids[i]}, 7, false, new int[][] {scored[i]});
                    assertThat(Arrays.copyOfRange(step.ids(), i * 7, i * 7 + 7)).isEqualTo(single.ids());
                    assertThat(Arrays.copyOfRange(step.logProbabilities(), i * 7, i * 7 + 7))
                            .isEqualTo(single.logProbabilities());
                    assertThat(step.scored()[i]).isEqualTo(single.scored()[0]);
                }
                if (round % 3 == 2) {
                    int leaves = random.nextInt(rows.size());
                    company.reorder(IntStream.range(0, rows.size())
                            .filter(i -> i != leaves)
                            .toArray());
                    rows.remove(leaves);
                }
            }
            alone.forEach(Decoding::close);
        }
    }

    @Test
    void shortlists_thatAreNone_areRefused() throws IOException {
        try (CpuNetwork network = open(write(TinyNetworks.gnmt(VOCABULARY), StoredType.I8));
                Decoding decoding = network.decode(new int[0][])) {
            int[][] one = {{4, 3}};
            assertThatThrownBy(() -> decoding.admit(one, new int[][] {{4}, {5}}))
                    .hasMessage("one shortlist per sentence, 1, is needed, but there are 2");
            assertThatThrownBy(() -> decoding.admit(one, new int[][] {{}}))
                    .hasMessage("a shortlist must have at least 1 id, but has 0");
            assertThatThrownBy(() -> decoding.admit(one, new int[][] {{5, 5}}))
                    .hasMessage("ids of a shortlist must ascend from 0 to " + (VOCABULARY - 1) + ", but 5 follows 5");
            assertThatThrownBy(() -> decoding.admit(one, new int[][] {{VOCABULARY}}))
                    .hasMessageEndingWith("but " + VOCABULARY + " follows -1");
            assertThat(decoding.rows()).isZero();
        }
    }

    @Test
    void threads_areAsManyAsProcessors_orAsThePropertySays() {
        assertThat(CpuKernels.threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
        for (String text : List.of("0", "65", "two")) {
            System.setProperty("dragoman.cpu-kernels.threads", text);
            try {
                assertThatThrownBy(CpuKernels::threads)
                        .hasMessage("dragoman.cpu-kernels.threads must be a whole number from 1 to 64, but is " + text);
            } finally {
                System.clearProperty("dragoman.cpu-kernels.threads");
            }
        }
    }

    @Test
    void step_fewCandidates_areTheBestOfAll_inOrder() throws IOException {
        try (CpuNetwork network = open(write(TinyNetworks.gnmt(VOCABULARY), StoredType.I8));
                Decoding few = network.decode(SOURCES);
                Decoding all = network.decode(SOURCES)) {
            int[] ids = {TinyModels.BOS, TinyModels.BOS, TinyModels.BOS, TinyModels.BOS};
            Decoding.Step every = all.step(ids, VOCABULARY, false);
            Decoding.Step five = few.step(ids, 5, false);
            double sum = 0;
            for (int row = 0; row < ids.length; row++) {
                for (int i = 0; i < VOCABULARY; i++) {
                    int at = row * VOCABULARY + i;
                    sum += Math.exp(every.logProbabilities()[at]);
                    assertThat(i == 0 || every.logProbabilities()[at] <= every.logProbabilities()[at - 1])
                            .isTrue();
                    if (i < 5) {
                        assertThat(five.ids()[row * 5 + i]).isEqualTo(every.ids()[at]);
                        assertThat(five.logProbabilities()[row * 5 + i]).isEqualTo(every.logProbabilities()[at]);
                    }
                }
            }
            assertThat(sum).isCloseTo(ids.length, within(1e-4));
        }
    }

    /** As many for any network, any number of rows and all that a search asks for but attention, which is a call for each row. */
    @ParameterizedTest
    @MethodSource("networks")
    void step_isOneCall_andMovingRowsAnother(NetworkConfiguration configuration) throws IOException {
        int[][] scored = new int[SOURCES.length][];
        scored[1] = new int[] {4, 5};
        try (CpuNetwork network = open(write(configuration, StoredType.F32));
                Decoding decoding = network.decode(SOURCES)) {
            int[] ids = new int[SOURCES.length];
            long before = decoding.calls();
            decoding.step(ids, 3, false);
            assertThat(decoding.calls() - before).isEqualTo(1);
            decoding.reorder(new int[] {3, 3, 0, 1});
            decoding.step(ids, 3, false, scored);
            assertThat(decoding.calls() - before).isEqualTo(3);
            decoding.step(ids, 3, true);
            assertThat(decoding.calls() - before).isEqualTo(4 + SOURCES.length);
        }
    }

    @Test
    void expertUsage_isTheEngines() throws IOException {
        NetworkConfiguration configuration = network(
                Form.PARALLEL,
                Score.FACTORISED,
                1,
                ContextTo.FIRST_LAYER,
                BothWays.BOTTOM_IN_HALVES,
                24,
                mixture(GateKind.NOISY_TOP_K, 0, false));
        ModelDirectory files = write(configuration, StoredType.F32);
        try (TranslationModel engine = TranslationModel.open(directory);
                CpuNetwork network = open(files);
                Decoding expected = engine.decode(SOURCES);
                Decoding actual = network.decode(SOURCES)) {
            steps(expected, 3);
            steps(actual, 3);
            assertThat(network.expertUsage().keySet())
                    .isEqualTo(engine.expertUsage().keySet());
            network.expertUsage()
                    .forEach((layer, usage) -> assertThat(usage.balance().rows())
                            .isEqualTo(engine.expertUsage().get(layer).balance().rows())
                            .isPositive());
        }
    }

    @Test
    void open_aTensorOfAnotherShape_orNone_namesIt() throws IOException {
        NetworkConfiguration configuration = TinyNetworks.gnmt(VOCABULARY);
        write(configuration, StoredType.F32);
        ModelDirectory.writeConfiguration(directory, TinyModels.configuration(TinyNetworks.gnmt(VOCABULARY + 1)));
        ModelDirectory other = ModelDirectory.open(directory);
        assertThatThrownBy(() -> open(other))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("has shape [" + VOCABULARY)
                .hasMessageContaining("the configuration asks for [" + (VOCABULARY + 1));
        ModelDirectory.writeConfiguration(directory, TinyModels.configuration(TinyNetworks.gnmt(VOCABULARY, 1, 2)));
        ModelDirectory larger = ModelDirectory.open(directory);
        assertThatThrownBy(() -> open(larger))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("has no tensor")
                .hasMessageContaining("mixture");
    }

    @Test
    void arguments_outOfBounds_areRefused_andNothingChanges() throws IOException {
        try (CpuNetwork network = open(write(TinyNetworks.gnmt(VOCABULARY), StoredType.I8));
                Decoding decoding = network.decode(SOURCES)) {
            int[] ids = {2, 2, 2, 2};
            assertThatThrownBy(() -> decoding.step(new int[] {2}, 1, false)).hasMessageContaining("one id per row, 4");
            assertThatThrownBy(() -> decoding.step(new int[] {2, 2, 2, VOCABULARY}, 1, false))
                    .hasMessage("id must be from 0 to " + (VOCABULARY - 1) + ", but is " + VOCABULARY);
            assertThatThrownBy(() -> decoding.step(ids, VOCABULARY + 1, false))
                    .hasMessageStartingWith("candidates must be");
            assertThatThrownBy(() -> decoding.reorder(new int[] {4}))
                    .hasMessage("origin must be from 0 to 3, but is 4");
            assertThatThrownBy(() -> decoding.admit(new int[][] {{}})).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> decoding.admit(new int[][] {{-1}})).hasMessageStartingWith("id must be");
            assertThat(decoding.rows()).isEqualTo(4);
            decoding.step(ids, 1, false);
            decoding.close();
            assertThatThrownBy(() -> decoding.step(ids, 1, false)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void choice_ofAnUnknownVariant_saysWhatThereIs() {
        assertThatThrownBy(() -> CpuKernels.variant("mmx"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("dragoman.cpu-kernels is mmx")
                .hasMessageContaining("avx512");
        assertThat(CpuKernels.variant("none")).isEmpty();
    }

    /** Opened, used and closed many times, the process grows no more; but for mapped files, which go with the next garbage collection. */
    @Test
    void close_givesAllMemoryBack() throws IOException {
        Mixture wide = new Mixture(16, 2, 512, List.of(1), List.of(1), 0, 0, 0, false, Gating.FLAT);
        NetworkConfiguration configuration = new NetworkConfiguration(
                2000, 128, 128, 2, 2, true, 1, new Attention(Form.PARALLEL, Score.FACTORISED, 128), wide, true, 0, 50);
        ModelDirectory files = write(configuration, StoredType.I8);
        long before = 0;
        for (int round = 0; round < 60; round++) {
            try (CpuNetwork network = CpuNetwork.open(
                            files, CpuKernels.variant("auto").orElseThrow(), 1, round % 2 == 0 ? 8 : 4);
                    Decoding decoding = network.decode(new int[][] {{4, 5, 6, 3}, {7, 8, 9, 10, 11, 3}})) {
                for (int t = 0; t < 5; t++) {
                    decoding.step(new int[decoding.rows()], 3, true);
                    decoding.reorder(new int[] {1, 0, t % 2});
                    decoding.admit(new int[][] {{4, 3}});
                }
            }
            if (round == 20) {
                before = anonymousKilobytes();
            }
        }
        // Each round uses some ten megabytes.
        assertThat(anonymousKilobytes() - before).isLessThan(20_000);
    }

    private static long anonymousKilobytes() throws IOException {
        Path status = Path.of("/proc/self/status");
        assumeTrue(Files.exists(status), "resident memory is read from /proc");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
