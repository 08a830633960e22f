package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.initializer.Initializer;
import dev.dragoman.model.Engines;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdamOptimizerTest {
    @TempDir
    Path folder;

    private NDManager manager;
    private Kernels kernels;

    @BeforeEach
    void open() {
        Engines.prepare();
        manager = NDManager.newBaseManager();
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 1, 0));
    }

    @AfterEach
    void close() {
        manager.close();
        kernels.close();
    }

    private Map<String, Parameter> parameters() {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        parameters.put("a", parameter(2, 3));
        parameters.put("b", parameter(4));
        return parameters;
    }

    private Parameter parameter(long... shape) {
        Parameter parameter = Parameter.builder()
                .setName("p")
                .setType(Parameter.Type.OTHER)
                .optShape(new Shape(shape))
                .optInitializer(Initializer.ONES)
                .build();
        parameter.initialize(manager, DataType.FLOAT32);
        return parameter;
    }

    private AdamOptimizer optimizer(Map<String, Parameter> parameters) {
        return new AdamOptimizer(kernels, parameters, new Recipe.Adam(0.9, 0.98, 1e-8), 0, manager);
    }

    /** One update down the gradient of {@code factor * sum(p^2)}. */
    private double update(AdamOptimizer optimizer, Map<String, Parameter> parameters, int update, float factor) {
        try (NDManager scratch = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray loss = scratch.create(0f);
            for (Parameter parameter : parameters.values()) {
                loss = loss.add(parameter.getArray().square().sum());
            }
            collector.backward(loss.mul(factor));
            return optimizer.update(scratch, update, 0.25);
        }
    }

    /** The first step of Adam is the learning rate, whatever the gradient's size. */
    @Test
    void update_firstStep_isTheLearningRate_andGradientsAreCleared() {
        Map<String, Parameter> parameters = parameters();
        AdamOptimizer optimizer = optimizer(parameters);
        // Ten gradients of 2 * 1000.
        assertThat(update(optimizer, parameters, 1, 1000)).isCloseTo(2000 * Math.sqrt(10), within(0.01));
        for (Parameter parameter : parameters.values()) {
            for (float value : parameter.getArray().toFloatArray()) {
                assertThat(value).isCloseTo(0.75f, within(1e-5f));
            }
            assertThat(parameter.getArray().getGradient().toFloatArray()).containsOnly(0f);
        }
    }

    @Test
    void update_manyTimes_findsTheMinimum() {
        Map<String, Parameter> parameters = parameters();
        AdamOptimizer optimizer = optimizer(parameters);
        for (int update = 1; update <= 100; update++) {
            update(optimizer, parameters, update, 1);
        }
        assertThat(parameters.get("a").getArray().abs().max().getFloat()).isLessThan(0.05f);
    }

    /** Going on from the file is going on without it, to the last bit. */
    @Test
    void read_restoresBothMoments() throws Exception {
        Map<String, Parameter> straight = parameters();
        AdamOptimizer undisturbed = optimizer(straight);
        Map<String, Parameter> resumed = parameters();
        AdamOptimizer before = optimizer(resumed);
        for (int update = 1; update <= 3; update++) {
            update(undisturbed, straight, update, update);
            update(before, resumed, update, update);
        }
        Path file = folder.resolve("optimizer.safetensors");
        before.write(file);

        AdamOptimizer after = optimizer(resumed);
        after.read(file, manager);
        for (int update = 4; update <= 6; update++) {
            update(undisturbed, straight, update, 7);
            update(after, resumed, update, 7);
        }
        straight.forEach(
                (name, parameter) -> assertThat(resumed.get(name).getArray().toFloatArray())
                        .containsExactly(parameter.getArray().toFloatArray()));
    }

    @Test
    void read_ofOtherParameters_namesTheTensor() throws Exception {
        Path file = folder.resolve("optimizer.safetensors");
        optimizer(Map.of("a", parameter(2, 3))).write(file);
        AdamOptimizer other = optimizer(Map.of("a", parameter(3, 3)));
        assertThatThrownBy(() -> other.read(file, manager))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("first.a has shape [2, 3]");
        AdamOptimizer more = optimizer(Map.of("b", parameter(4)));
        assertThatThrownBy(() -> more.read(file, manager))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("first.b");
    }
}
