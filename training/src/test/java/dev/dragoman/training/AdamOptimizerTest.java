package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.Engines;
import dev.dragoman.model.checkpoint.ModelFormatException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdamOptimizerTest {
    @TempDir
    Path folder;

    private NDManager manager;
    private final List<FakeNetwork> networks = new ArrayList<>();

    @BeforeEach
    void open() {
        Engines.prepare();
        manager = NDManager.newBaseManager();
    }

    @AfterEach
    void close() {
        networks.forEach(FakeNetwork::close);
        manager.close();
    }

    private FakeNetwork network() {
        FakeNetwork network = new FakeNetwork(manager);
        networks.add(network);
        return network;
    }

    private FakeNetwork parameters() {
        FakeNetwork network = network();
        network.add("a", 2, 3);
        network.add("b", 4);
        return network;
    }

    private AdamOptimizer optimizer(FakeNetwork network) {
        return new AdamOptimizer(
                network, network.namedParameters().keySet(), new Recipe.Adam(0.9, 0.98, 1e-8), 0, manager);
    }

    /** One update down the gradient of {@code factor * sum(p^2)}. */
    private double update(AdamOptimizer optimizer, FakeNetwork network, int update, float factor) {
        try (NDManager scratch = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray loss = scratch.create(0f);
            for (Parameter parameter : network.namedParameters().values()) {
                loss = loss.add(parameter.getArray().square().sum());
            }
            collector.backward(loss.mul(factor));
            return optimizer.update(scratch, new Step(update, 0.25));
        }
    }

    /** The first step of Adam is the learning rate, whatever the gradient's size. */
    @Test
    void update_firstStep_isTheLearningRate_andGradientsAreCleared() {
        FakeNetwork parameters = parameters();
        AdamOptimizer optimizer = optimizer(parameters);
        // Ten gradients of 2 * 1000.
        assertThat(update(optimizer, parameters, 1, 1000)).isCloseTo(2000 * Math.sqrt(10), within(0.01));
        for (Parameter parameter : parameters.namedParameters().values()) {
            for (float value : parameter.getArray().toFloatArray()) {
                assertThat(value).isCloseTo(0.75f, within(1e-5f));
            }
            assertThat(parameter.getArray().getGradient().toFloatArray()).containsOnly(0f);
        }
    }

    private AdamOptimizer clipping(FakeNetwork network, Function<NDArray, Object> device) {
        return new AdamOptimizer(
                network, network.namedParameters().keySet(), new Recipe.Adam(0.9, 0.98, 1e-8), 0.5, manager, device);
    }

    /** Parameters on several devices have one norm, and move as they would on one. */
    @Test
    void update_overSeveralDevices_isThatOfOne() {
        FakeNetwork together = parameters();
        FakeNetwork apart = parameters();
        AdamOptimizer one = clipping(together, NDArray::getDevice);
        AdamOptimizer other = clipping(apart, weight -> weight.getShape().dimension());
        for (int update = 1; update <= 5; update++) {
            assertThat(update(other, apart, update, update % 2))
                    .isCloseTo(update(one, together, update, update % 2), within(1e-6));
        }
        together.namedParameters()
                .forEach((name, parameter) -> assertThat(
                                apart.namedParameters().get(name).getArray().toFloatArray())
                        .containsExactly(parameter.getArray().toFloatArray(), within(1e-6f)));
        assertThat(other.state().keySet()).containsExactlyElementsOf(one.state().keySet());
    }

    /** The gradient on one device is finite, but nothing moves there either. */
    @Test
    void update_notFiniteOnOneOfSeveralDevices_movesNothing() {
        FakeNetwork network = parameters();
        AdamOptimizer optimizer = clipping(network, weight -> weight.getShape().dimension());
        network.namedParameters().get("b").getArray().set(new float[] {1, Float.POSITIVE_INFINITY, 1, 1});
        assertThat(update(optimizer, network, 1, 1)).isInfinite();
        assertThat(network.namedParameters().get("a").getArray().toFloatArray()).containsOnly(1f);
        assertThat(network.namedParameters().get("a").getArray().getGradient().toFloatArray())
                .containsOnly(0f);
        optimizer
                .state()
                .values()
                .forEach(moment -> assertThat(moment.toFloatArray()).containsOnly(0f));
    }

    @Test
    void update_manyTimes_findsTheMinimum() {
        FakeNetwork parameters = parameters();
        AdamOptimizer optimizer = optimizer(parameters);
        for (int update = 1; update <= 100; update++) {
            update(optimizer, parameters, update, 1);
        }
        assertThat(parameters.namedParameters().get("a").getArray().abs().max().getFloat())
                .isLessThan(0.05f);
    }

    /** Going on from the file is going on without it, to the last bit. */
    @Test
    void read_restoresBothMoments() throws Exception {
        FakeNetwork straight = parameters();
        AdamOptimizer undisturbed = optimizer(straight);
        FakeNetwork resumed = parameters();
        AdamOptimizer before = optimizer(resumed);
        for (int update = 1; update <= 3; update++) {
            update(undisturbed, straight, update, update);
            update(before, resumed, update, update);
        }
        Path file = folder.resolve("optimizer.safetensors");
        before.write(file);

        AdamOptimizer after = optimizer(resumed);
        after.read(file);
        for (int update = 4; update <= 6; update++) {
            update(undisturbed, straight, update, 7);
            update(after, resumed, update, 7);
        }
        straight.namedParameters()
                .forEach((name, parameter) -> assertThat(
                                resumed.namedParameters().get(name).getArray().toFloatArray())
                        .containsExactly(parameter.getArray().toFloatArray()));
    }

    private FakeNetwork of(String name, long... shape) {
        FakeNetwork network = network();
        network.add(name, shape);
        return network;
    }

    @Test
    void read_ofOtherParameters_namesTheTensor() throws Exception {
        Path file = folder.resolve("optimizer.safetensors");
        optimizer(of("a", 2, 3)).write(file);
        AdamOptimizer other = optimizer(of("a", 3, 3));
        assertThatThrownBy(() -> other.read(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("first.a has shape [2, 3]");
        AdamOptimizer more = optimizer(of("b", 4));
        assertThatThrownBy(() -> more.read(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("first.b");
    }
}
