package dev.dragoman.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.layer.PaddedIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of batches that are parts of an update. */
class BatchShareTest {
    private static final int PAD = 0;
    private static final int[][] SOURCES = {{4, 5, 6, 7, 3}, {8, 3}, {9, 10, 4, 3}, {5, 3}};
    private static final int[][] INPUTS = {{2, 6, 6}, {2, 9, 4, 5, 10, 7}, {2}, {2, 8}};
    private static final int[][] OUTPUTS = {{6, 6, 3}, {9, 4, 5, 10, 7, 3}, {3}, {8, 3}};
    private static final TokenBatch WHOLE =
            new TokenBatch(PaddedIds.of(SOURCES, PAD), PaddedIds.of(INPUTS, PAD), PaddedIds.of(OUTPUTS, PAD));

    @BeforeEach
    void prepare() {
        Engines.prepare();
    }

    private static NetworkConfiguration dense(NetworkConfiguration sparse) {
        Mixture mixture = sparse.mixture();
        Mixture none = new Mixture(
                mixture.experts(), mixture.perRow(), mixture.hidden(), List.of(), List.of(), 0, 0, 0.01, false);
        return new NetworkConfiguration(
                sparse.vocabularySize(),
                sparse.width(),
                sparse.lstmCells(),
                sparse.encoderLayers(),
                sparse.decoderLayers(),
                sparse.bidirectional(),
                sparse.residualFrom(),
                sparse.attention(),
                none,
                sparse.sharedSoftmax(),
                sparse.dropout(),
                sparse.maximumLength());
    }

    /** Gradients after some batches, by the parameters' paths, of a network that starts and draws as any other. */
    private static Map<String, float[]> gradients(
            NetworkConfiguration configuration, int devices, Consumer<TrainableNetwork> batches) {
        List<Device> all = new ArrayList<>();
        for (int d = 0; d < devices; d++) {
            all.add(Device.cpu());
        }
        try (NDManager manager = NDManager.newBaseManager();
                TrainableNetwork network = TrainableNetwork.of(configuration, Compute.FLOAT32, all)) {
            Engine.getInstance().setRandomSeed(7);
            network.initialize(manager, DataType.FLOAT32);
            Engine.getInstance().setRandomSeed(8);
            batches.accept(network);
            Map<String, float[]> gradients = new TreeMap<>();
            for (String name : network.namedParameters().keySet()) {
                gradients.put(name, network.gradient(name).toFloatArray());
            }
            return gradients;
        }
    }

    private static void train(TrainableNetwork network, TokenBatch batch, double share) {
        try (NDManager scratch = NDManager.newBaseManager()) {
            network.train(scratch, batch, 0.1, share);
        }
    }

    @Test
    void parts_withTheirShareOfTokens_haveTheGradientOfTheWhole() {
        NetworkConfiguration configuration = dense(TinyNetworks.parallel(11));
        Map<String, float[]> whole = gradients(configuration, 1, network -> train(network, WHOLE, 1));
        Map<String, float[]> parts = gradients(configuration, 1, network -> {
            train(network, WHOLE.part(0, 1), 3 / 12.0);
            train(network, WHOLE.part(1, 3), 7 / 12.0);
            train(network, WHOLE.part(3, 4), 2 / 12.0);
        });
        whole.forEach(
                (name, gradient) -> assertThat(parts.get(name)).as(name).containsExactly(gradient, within(1e-6f)));
    }

    /** Also those of the balance losses, and over devices, where they are gathered from replicas. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void share_multipliesTheGradient_balanceIncluded(int devices) {
        NetworkConfiguration configuration = TinyNetworks.parallel(11);
        Map<String, float[]> whole = gradients(configuration, devices, network -> train(network, WHOLE, 1));
        Map<String, float[]> quarter = gradients(configuration, devices, network -> train(network, WHOLE, 0.25));
        whole.forEach((name, gradient) -> {
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] /= 4;
            }
            assertThat(quarter.get(name)).as(name).containsExactly(gradient, within(1e-7f));
        });
        assertThat(Arrays.stream(new String[] {"encoder.mixture1.gate", "decoder.mixture1.gate"}))
                .as("gates, whose gradient is that of the balance as well")
                .allMatch(name -> nonZero(whole, name));
    }

    private static boolean nonZero(Map<String, float[]> gradients, String prefix) {
        return gradients.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .anyMatch(entry -> entry.getValue()[0] != 0);
    }
}
