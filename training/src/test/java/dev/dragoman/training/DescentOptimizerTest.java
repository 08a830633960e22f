package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.Engines;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DescentOptimizerTest {
    private NDManager manager;
    private FakeNetwork network;
    private Set<String> names;

    @BeforeEach
    void open() {
        Engines.prepare();
        manager = NDManager.newBaseManager();
        network = new FakeNetwork(manager);
        network.add("a", 2, 2);
        names = network.namedParameters().keySet();
    }

    @AfterEach
    void close() {
        network.close();
        manager.close();
    }

    private double update(Optimizer optimizer, Step step) {
        try (NDManager scratch = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(
                    network.namedParameters().get("a").getArray().square().sum());
            return optimizer.update(scratch, step);
        }
    }

    private float[] values() {
        return network.namedParameters().get("a").getArray().toFloatArray();
    }

    /** Four ones with gradients of two: the norm is four. */
    @Test
    void update_isTheRateTimesTheGradient() {
        assertThat(update(new DescentOptimizer(network, names, 0), new Step(1, 0.125)))
                .isEqualTo(4);
        assertThat(values()).containsOnly(0.75f);
        assertThat(network.gradient("a").toFloatArray()).containsOnly(0);
    }

    @Test
    void update_clipsTheNorm() {
        update(new DescentOptimizer(network, names, 2), new Step(1, 0.125));
        assertThat(values()[0]).isCloseTo(0.875f, within(1e-6f));
    }

    @Test
    void update_aboveTheLargestNorm_movesNothingAndSpendsTheGradient() {
        DescentOptimizer optimizer = new DescentOptimizer(network, names, 2);
        assertThat(update(optimizer, new Step(1, 0.125, 3.9))).isEqualTo(4);
        assertThat(values()).containsOnly(1);
        assertThat(network.gradient("a").toFloatArray()).containsOnly(0);
        update(optimizer, new Step(2, 0.125, 4.1));
        assertThat(values()[0]).isLessThan(1);
    }

    /** As the first up to the change, which includes its moments; as the second after it. */
    @Test
    void stages_followOneAnother() {
        AdamOptimizer adam = new AdamOptimizer(network, names, new Recipe.Adam(0.9, 0.98, 1e-8), 0, manager);
        Optimizer optimizer = new StagedOptimizer(adam, new DescentOptimizer(network, names, 0), 2);
        update(optimizer, new Step(1, 0.25));
        assertThat(values()[0]).isCloseTo(0.75f, within(1e-5f));
        update(optimizer, new Step(2, 0.25));
        NDArray moment = optimizer.state().get("first.a");
        float[] kept = moment.toFloatArray();
        float before = values()[0];
        update(optimizer, new Step(3, 0.25));
        assertThat(values()[0]).isCloseTo(before / 2, within(1e-6f));
        assertThat(moment.toFloatArray()).containsExactly(kept);
    }

    /** Weight decay is the slope of half the squares: with no other gradient Adam's step is the rate. */
    @Test
    void adam_withWeightDecay_pullsToZero() {
        AdamOptimizer adam = new AdamOptimizer(network, names, new Recipe.Adam(0.9, 0.98, 1e-8, 0.01), 0, manager);
        try (NDManager scratch = manager.newSubManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(
                    network.namedParameters().get("a").getArray().mul(0).sum());
            assertThat(adam.update(scratch, new Step(1, 0.25))).isZero();
        }
        assertThat(values()[0]).isCloseTo(0.75f, within(1e-4f));
    }
}
