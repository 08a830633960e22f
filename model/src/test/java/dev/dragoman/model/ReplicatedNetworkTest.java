package dev.dragoman.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import dev.dragoman.model.configuration.LanguageModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.layer.PaddedIds;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks over several devices, the processor standing in for all of them, beside the same network on one. */
class ReplicatedNetworkTest {
    private static final int VOCABULARY = 20;
    private static final int EXPERTS = 8;
    private static final float TOLERANCE = 2e-5f;

    private NDManager manager;

    @BeforeEach
    void open() {
        Engines.prepare();
        manager = NDManager.newBaseManager(Device.cpu());
    }

    @AfterEach
    void close() {
        manager.close();
    }

    private static Mixture mixture(GateKind kind, List<Integer> encoderAfter, List<Integer> decoderAfter) {
        return new Mixture(EXPERTS, 2, 6, encoderAfter, decoderAfter, 0.3, 0.2, 0.01, true, new Gating(kind, 0));
    }

    private static LanguageModelConfiguration languageModel(GateKind kind) {
        return languageModel(kind, false);
    }

    private static LanguageModelConfiguration languageModel(GateKind kind, boolean normalised) {
        return new LanguageModelConfiguration(
                VOCABULARY, 8, 12, 2, 1, mixture(kind, List.of(), List.of(1, 2)), false, 0, 50, normalised);
    }

    /** Of every make, with gates that have no noise. */
    static Stream<NetworkConfiguration> translations() {
        return Stream.of(
                        TinyNetworks.parallel(VOCABULARY),
                        TinyNetworks.gnmt(VOCABULARY),
                        TinyNetworks.gnmt(VOCABULARY, 1, 2),
                        TinyNetworks.rnmt(VOCABULARY, 1, 3),
                        TinyNetworks.mixed(VOCABULARY))
                .map(ReplicatedNetworkTest::withoutNoise);
    }

    private static NetworkConfiguration withoutNoise(NetworkConfiguration tiny) {
        return new NetworkConfiguration(
                VOCABULARY,
                tiny.width(),
                tiny.lstmCells(),
                tiny.encoderLayers(),
                tiny.decoderLayers(),
                tiny.bidirectional(),
                tiny.residualFrom(),
                tiny.attention(),
                mixture(
                        GateKind.SOFTMAX,
                        tiny.mixture().encoderAfter(),
                        tiny.mixture().decoderAfter()),
                tiny.sharedSoftmax(),
                0,
                50,
                tiny.bothWays(),
                tiny.layerNormalisation());
    }

    private static NetworkConfiguration translation() {
        return withoutNoise(TinyNetworks.parallel(VOCABULARY));
    }

    private static List<Device> devices(int number) {
        return Collections.nCopies(number, Device.cpu());
    }

    /** Sentences of the given lengths, and sources for a translation. */
    private static TokenBatch batch(boolean translation, int... lengths) {
        Random random = new Random(9);
        int[][][] sides = new int[3][lengths.length][];
        for (int b = 0; b < lengths.length; b++) {
            for (int[][] side : sides) {
                side[b] = random.ints(lengths[b], 4, VOCABULARY).toArray();
            }
        }
        return new TokenBatch(
                translation ? PaddedIds.of(sides[0], 0) : null, PaddedIds.of(sides[1], 0), PaddedIds.of(sides[2], 0));
    }

    /** Gives both networks the same numbers: the same start, and gates that are not zero. */
    private void start(TrainableNetwork network) {
        manager.getEngine().setRandomSeed(17);
        network.initialize(manager);
        Map<String, Parameter> parameters = network.namedParameters();
        for (String name : parameters.keySet().stream().sorted().toList()) {
            Parameter parameter = parameters.get(name);
            if (name.endsWith(".gate") || name.endsWith(".noise") || name.endsWith("bias")) {
                float[] values = RandomArrays.normal(
                        new Random(name.hashCode()), (int) parameter.getShape().size());
                parameter.getArray().set(values);
            }
        }
    }

    /** By the names of the network on one device: shards, which follow one another, are joined. */
    private static Map<String, float[]> joined(Map<String, float[]> arrays) {
        Map<String, float[]> result = new LinkedHashMap<>();
        arrays.forEach((name, values) -> result.merge(name.replaceFirst("\\.shard\\d+$", ""), values, (a, b) -> {
            float[] both = Arrays.copyOf(a, a.length + b.length);
            System.arraycopy(b, 0, both, a.length, b.length);
            return both;
        }));
        return result;
    }

    private static Map<String, float[]> values(TrainableNetwork network) {
        Map<String, float[]> result = new LinkedHashMap<>();
        network.namedParameters()
                .forEach((name, parameter) ->
                        result.put(name, parameter.getArray().toFloatArray()));
        return joined(result);
    }

    private static Map<String, float[]> gradients(TrainableNetwork network) {
        Map<String, float[]> result = new LinkedHashMap<>();
        network.namedParameters()
                .keySet()
                .forEach(name -> result.put(name, network.gradient(name).toFloatArray()));
        return joined(result);
    }

    private BatchLoss train(TrainableNetwork network, TokenBatch batch) {
        manager.getEngine().setRandomSeed(3);
        try (NDManager scratch = manager.newSubManager()) {
            return network.train(scratch, batch, 0.1);
        }
    }

    private BatchLoss evaluate(TrainableNetwork network, TokenBatch batch) {
        try (NDManager scratch = manager.newSubManager()) {
            return network.evaluate(scratch, batch);
        }
    }

    private static void assertSame(BatchLoss actual, BatchLoss expected) {
        assertThat(actual.total()).isCloseTo(expected.total(), within(1e-5));
        assertThat(actual.logLikelihood()).isCloseTo(expected.logLikelihood(), within(1e-3));
        assertThat(actual.tokens()).isEqualTo(expected.tokens());
        assertThat(List.copyOf(actual.loads().keySet()))
                .isEqualTo(List.copyOf(expected.loads().keySet()));
        expected.loads().forEach((path, load) -> {
            assertThat(actual.loads().get(path).rows()).isEqualTo(load.rows());
            assertThat(actual.loads().get(path).importance()).containsExactly(load.importance(), within(1e-4f));
        });
    }

    private static void assertSame(Map<String, float[]> actual, Map<String, float[]> expected, float tolerance) {
        assertThat(actual).containsOnlyKeys(expected.keySet());
        expected.forEach(
                (name, values) -> assertThat(actual.get(name)).as(name).containsExactly(values, within(tolerance)));
    }

    /** Two batches, so that gradients are added to what there is; then evaluation with weights that have moved. */
    private void assertTrainsAlike(TrainableNetwork alone, TrainableNetwork together, TokenBatch batch) {
        start(alone);
        start(together);
        assertSame(values(together), values(alone), 0);
        for (int i = 0; i < 2; i++) {
            assertSame(train(together, batch), train(alone, batch));
            Map<String, float[]> expected = gradients(alone);
            expected.forEach(
                    (name, gradient) -> assertThat(gradient).as(name).isNotEqualTo(new float[gradient.length]));
            assertSame(gradients(together), expected, TOLERANCE);
        }
        double before = evaluate(alone, batch).total();
        for (TrainableNetwork network : List.of(alone, together)) {
            Parameter parameter = network.namedParameters().get("embedding.weight");
            float[] moved = parameter.getArray().toFloatArray();
            for (int i = 0; i < moved.length; i++) {
                moved[i] *= 1.5f;
            }
            parameter.getArray().set(moved);
        }
        BatchLoss expected = evaluate(alone, batch);
        assertThat(expected.total()).isNotCloseTo(before, within(1e-3));
        assertSame(evaluate(together, batch), expected);
        assertSame(train(together, batch), train(alone, batch));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void languageModel_trainsAsOnOneDevice(int devices) {
        LanguageModelConfiguration configuration = languageModel(GateKind.SOFTMAX, devices == 3);
        try (LanguageModel alone = LanguageModel.of(configuration, Compute.FLOAT32);
                ReplicatedNetwork together = ReplicatedNetwork.of(configuration, Compute.FLOAT32, devices(devices))) {
            assertTrainsAlike(alone, together, batch(false, 5, 2, 4, 6, 3));
        }
    }

    @ParameterizedTest
    @MethodSource("translations")
    void translation_trainsAsOnOneDevice(NetworkConfiguration configuration) {
        for (int devices = 2; devices <= 3; devices++) {
            try (TranslationNetwork alone = TranslationNetwork.of(configuration, Compute.FLOAT32);
                    ReplicatedNetwork together =
                            ReplicatedNetwork.of(configuration, Compute.FLOAT32, devices(devices))) {
                assertTrainsAlike(alone, together, batch(true, 5, 2, 4, 6, 3));
            }
        }
    }

    /**
     * Of sentences of one token, replicas draw their noise in the order of the whole batch, in pieces of 16 numbers, of which the engine's
     * generator makes the same as of all at once.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void noisyGates_trainAsOnOneDevice(int devices) {
        LanguageModelConfiguration configuration = languageModel(GateKind.NOISY_TOP_K);
        TokenBatch batch = batch(false, ones(24));
        try (LanguageModel alone = LanguageModel.of(configuration, Compute.FLOAT32);
                ReplicatedNetwork together = ReplicatedNetwork.of(configuration, Compute.FLOAT32, devices(devices))) {
            start(alone);
            start(together);
            assertSame(train(together, batch), train(alone, batch));
            assertSame(gradients(together), gradients(alone), TOLERANCE);
        }
    }

    private static int[] ones(int sentences) {
        int[] lengths = new int[sentences];
        Arrays.fill(lengths, 1);
        return lengths;
    }

    @Test
    void fewerSentencesThanDevices_leaveReplicasOut() {
        LanguageModelConfiguration configuration = languageModel(GateKind.SOFTMAX);
        try (LanguageModel alone = LanguageModel.of(configuration, Compute.FLOAT32);
                ReplicatedNetwork together = ReplicatedNetwork.of(configuration, Compute.FLOAT32, devices(4))) {
            assertTrainsAlike(alone, together, batch(false, 5, 3));
        }
    }

    @Test
    void stacks_areListedByShard_andStartInTheirOwnType() {
        LanguageModelConfiguration configuration = languageModel(GateKind.NOISY_TOP_K);
        try (ReplicatedNetwork network = ReplicatedNetwork.of(configuration, Compute.FLOAT32, devices(2))) {
            network.initialize(manager, DataType.BFLOAT16);
            assertThat(network.expertStacks().keySet())
                    .containsExactlyInAnyOrder(
                            "decoder.mixture1.hidden.shard0",
                            "decoder.mixture1.hidden.shard1",
                            "decoder.mixture1.output.shard0",
                            "decoder.mixture1.output.shard1",
                            "decoder.mixture2.hidden.shard0",
                            "decoder.mixture2.hidden.shard1",
                            "decoder.mixture2.output.shard0",
                            "decoder.mixture2.output.shard1");
            assertThat(network.namedParameters().keySet())
                    .containsAll(network.expertStacks().keySet())
                    .doesNotContain("decoder.mixture1.hidden", "decoder.mixture1.output");
            network.expertStacks().forEach((name, stack) -> {
                assertThat(stack.parameter()).isSameAs(network.namedParameters().get(name));
                assertThat(stack.touched()).hasSize(EXPERTS / 2);
                assertThat(stack.parameter().getArray().toByteBuffer().remaining())
                        .as("bytes of %s", name)
                        .isEqualTo(2 * EXPERTS / 2 * 6 * 8);
            });
            assertThat(train(network, batch(false, 5, 3)).total()).isFinite();
        }
    }

    /** What a batch needs is gone with its manager. */
    @Test
    void training_leavesNothingBehind() {
        LanguageModelConfiguration configuration = languageModel(GateKind.NOISY_TOP_K);
        TokenBatch batch = batch(false, 5, 2, 4, 6, 3);
        try (ReplicatedNetwork network = ReplicatedNetwork.of(configuration, Compute.FLOAT32, devices(3))) {
            start(network);
            train(network, batch);
            int before = arrays(network);
            for (int i = 0; i < 20; i++) {
                train(network, batch);
                evaluate(network, batch);
            }
            assertThat(arrays(network)).isEqualTo(before);
        }
    }

    /** Open arrays of the managers that the parameters belong to. */
    private int arrays(TrainableNetwork network) {
        return Stream.concat(
                        Stream.of(manager),
                        network.namedParameters().values().stream()
                                .map(parameter -> parameter.getArray().getManager()))
                .distinct()
                .mapToInt(owner -> owner.getManagedArrays().size())
                .sum();
    }

    @Test
    void network_ofOneDevice_isNotReplicated() {
        for (int devices : new int[] {1, 2}) {
            try (TrainableNetwork languageModel =
                            TrainableNetwork.of(languageModel(GateKind.SOFTMAX), Compute.FLOAT32, devices(devices));
                    TrainableNetwork translation =
                            TrainableNetwork.of(translation(), Compute.FLOAT32, devices(devices))) {
                for (TrainableNetwork network : List.of(languageModel, translation)) {
                    assertThat(network instanceof ReplicatedNetwork).isEqualTo(devices > 1);
                    assertThat(network.device()).isEqualTo(Device.cpu());
                }
            }
        }
    }

    @Test
    void devices_ofWhichThereAreNoneOrTooMany_areRefused() {
        LanguageModelConfiguration configuration = languageModel(GateKind.NOISY_TOP_K);
        assertThatThrownBy(() -> ReplicatedNetwork.of(configuration, Compute.FLOAT32, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a network needs at least 1 device, but is given 0");
        assertThatThrownBy(() -> ReplicatedNetwork.of(configuration, Compute.FLOAT32, devices(9)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a mixture layer of 8 experts can be spread over as many devices at most, but there are 9");
    }
}
