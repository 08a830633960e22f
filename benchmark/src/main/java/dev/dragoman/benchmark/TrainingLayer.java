package dev.dragoman.benchmark;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.block.GradientTape;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.MixtureOfExperts;
import dev.dragoman.training.FactoredOptimizer;
import dev.dragoman.training.Recipe;
import dev.dragoman.training.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A mixture layer by itself with one batch of random rows, as training runs it. */
final class TrainingLayer implements AutoCloseable {
    private static final Recipe.Experts OPTIMIZER =
            new Recipe.Experts(Recipe.Experts.Kind.FACTORED, Recipe.Experts.Weights.FLOAT32, 0.999, 1e-8, 1);

    private final LayerSize size;
    private final NDManager manager = ComputeDevice.newManager();
    private final Kernels kernels;
    private final MixtureOfExperts layer;
    private final FactoredOptimizer optimizer;
    private final NDArray x;
    private final NDArray target;
    private final NDArray rows;

    /**
     * Makes the layer and its gradients.
     *
     * @param rows N
     */
    TrainingLayer(LayerSize size, Precision precision, int rows) {
        this.size = size;
        kernels = Kernels.load(new KernelSettings(precision.compute(), 0, size.perRow(), 0));
        layer = new MixtureOfExperts(kernels, size.mixture(), size.width());
        layer.initialize(manager, precision.type());
        optimizer = new FactoredOptimizer(kernels, layer.expertStacks(), OPTIMIZER, manager);
        x = RandomRows.of(kernels, manager, precision, 1, rows, 1, size.width());
        target = manager.randomNormal(new Shape(rows, 1, size.width()));
        this.rows = manager.arange(rows).toType(DataType.INT64, false);
    }

    /** Bytes that the experts of a size need when they train: weights and gradients. */
    static double bytes(LayerSize size, Precision precision) {
        return 2 * size.bytes(precision);
    }

    /** Forward and backward, from rows to the gradients of rows, gate and experts. */
    void step() {
        forgetGradients();
        try (NDManager scratch = manager.newSubManager();
                GradientCollector ignored = Engine.getInstance().newGradientCollector()) {
            NDArray input = input(scratch);
            GradientTape tape = new GradientTape();
            NDArray y = layer.train(input, rows, tape).y();
            tape.backward(kernels.one("widen", true, y).mul(target).sum());
        }
    }

    private void update(double rate) {
        try (NDManager scratch = manager.newSubManager()) {
            optimizer.update(scratch, new Step(1, rate));
        }
    }

    /** As an optimiser leaves things: the gradients of the next step replace those of the last instead of being added to them. */
    private void forgetGradients() {
        layer.expertStacks().values().forEach(stack -> Arrays.fill(stack.touched(), false));
    }

    /** {@link #step}, and the optimiser's update of the experts. */
    void stepWithUpdate() {
        step();
        update(0);
    }

    /** What of {@link #step} is the gate's: noise, choice and balance losses with their gradients; the products of experts are left out. */
    void gateAlone() {
        try (NDManager scratch = manager.newSubManager();
                GradientCollector ignored = Engine.getInstance().newGradientCollector()) {
            NDArray seen = kernels.one("widen", true, kernels.one("real_rows", true, input(scratch), rows));
            boolean flat = size.groups() == 0;
            String method = flat ? "noisy_gates" : "noisy_gates_of_groups";
            List<NDArray> weights = (flat
                            ? List.of("gate", "noise")
                            : List.of("groupGate", "groupNoise", "gate", "noise"))
                    .stream().map(this::parameter).toList();
            List<Object> arguments = new ArrayList<>();
            arguments.add(seen);
            arguments.addAll(weights);
            for (Shape shape : layer.noiseShapes(rows.size())) {
                arguments.add(scratch.randomNormal(shape));
            }
            NDList choice = kernels.run(scratch, method, arguments.toArray());
            choice.get(1).toLongArray();
            choice.get(2).toLongArray();
            NDArray gates = GradientTape.leafOfUnrecorded(choice.get(0));
            NDArray sums = GradientTape.leafOfUnrecorded(choice.get(3));
            NDArray terms = kernels.call(
                            "noisy_balance", true, gates, choice.get(2).duplicate(), sums)
                    .get(2);
            NDArray objective =
                    kernels.one("gate_objective", true, gates, gates.stopGradient(), terms, terms.onesLike());
            GradientTape.backward(objective, objective.onesLike());
            List<NDArray> saved = List.copyOf(choice.subList(4, choice.size()));
            NDList gradients = kernels.run(
                    scratch, method + "_backward", seen, weights, saved, gates.getGradient(), sums.getGradient());
            GradientTape.backward(seen, gradients.get(0).duplicate());
        }
    }

    /**
     * Learns one batch by heart, its noise fixed, so that every step meets the experts of the one before: the mean squared error against
     * random rows before each step.
     */
    double[] learn(int steps, double rate) {
        double[] losses = new double[steps];
        try (NDManager batch = manager.newSubManager()) {
            List<NDArray> noise = layer.noiseShapes(rows.size()).stream()
                    .map(batch::randomNormal)
                    .toList();
            for (int step = 0; step < steps; step++) {
                try (NDManager scratch = batch.newSubManager();
                        GradientCollector ignored = Engine.getInstance().newGradientCollector()) {
                    GradientTape tape = new GradientTape();
                    NDArray y = layer.train(input(scratch), rows, tape, noise).y();
                    NDArray loss =
                            kernels.one("widen", true, y).sub(target).square().sum();
                    losses[step] = loss.stopGradient().getFloat() / target.size();
                    tape.backward(loss);
                }
                update(rate);
            }
        }
        return losses;
    }

    private NDArray input(NDManager scratch) {
        NDArray input = GradientTape.leaf(x);
        input.attach(scratch);
        return input;
    }

    private NDArray parameter(String name) {
        return Objects.requireNonNull(layer.namedParameters().get(name), name).getArray();
    }

    @Override
    public void close() {
        layer.expertStacks().values().forEach(stack -> stack.gradient().close());
        layer.namedParameters().values().forEach(Parameter::close);
        manager.close();
        kernels.close();
    }
}
