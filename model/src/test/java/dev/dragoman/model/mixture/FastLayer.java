package dev.dragoman.model.mixture;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.block.GradientTape;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.kernel.Kernels;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A {@link MixtureOfExperts} on a {@link LayerCase}, its numbers taken in and given out as the reference has them. */
final class FastLayer implements AutoCloseable {
    private final LayerCase layer;
    private final Map<String, double[][]> numbers;
    private final DataType type;
    private final NDManager manager;
    private final MixtureOfExperts mixture;

    FastLayer(LoadedKernels loaded, LayerCase layer, Compute compute) {
        this(loaded, layer, layer.numbers(), compute);
    }

    /** With other numbers than the case's own. */
    FastLayer(LoadedKernels loaded, LayerCase layer, Map<String, double[][]> numbers, Compute compute) {
        this(loaded, layer, numbers, compute, compute == Compute.FLOAT64 ? DataType.FLOAT64 : DataType.FLOAT32);
        mixture.namedParameters().forEach((name, parameter) -> {
            parameter.initialize(manager, type);
            Matrices.set(parameter.getArray(), numbers.get(name));
        });
        mixture.expertStacks()
                .values()
                .forEach(stack -> stack.parameter().getArray().setRequiresGradient(false));
    }

    private FastLayer(
            LoadedKernels loaded, LayerCase layer, Map<String, double[][]> numbers, Compute compute, DataType type) {
        this.layer = layer;
        this.numbers = numbers;
        this.type = type;
        // Hidden activations are kept by some layers and computed again by others.
        ActivationMemory memory = new ActivationMemory(layer.width() % 2 == 0 ? 0 : ActivationMemory.DEFAULT_BYTES);
        Kernels kernels = loaded.of(compute, layer.mixture());
        manager = ComputeDevice.newManager(kernels.device());
        mixture = new MixtureOfExperts(kernels, layer.mixture(), layer.width(), memory);
    }

    /** With experts in 16 bits, drawn at random: {@link #numbers} has them. */
    static FastLayer withNarrowExperts(LoadedKernels loaded, LayerCase layer) {
        FastLayer fast = new FastLayer(loaded, layer, layer.numbers(), Compute.FLOAT32, DataType.FLOAT32);
        fast.mixture.initialize(fast.manager, DataType.BFLOAT16);
        Map<String, ExpertStack> stacks = fast.mixture.expertStacks();
        fast.mixture.namedParameters().forEach((name, parameter) -> {
            if (stacks.containsKey(name)) {
                fast.numbers.put(name, Matrices.of(parameter.getArray()));
            } else {
                Matrices.set(parameter.getArray(), fast.numbers.get(name));
            }
        });
        return fast;
    }

    /** What the layer and its batch are made of. */
    Map<String, double[][]> numbers() {
        return numbers;
    }

    /**
     * What the layer made of its batch.
     *
     * @param y {@code [T B, D]}
     * @param balance what the gate adds to the loss
     * @param load how the experts were used
     * @param gradients of {@code sum(weighting * y) + balance} by every one of the {@link LayerCase#variables}; those of parameters are
     *     added to what was there
     */
    record Trained(double[][] y, double balance, ExpertLoad load, Map<String, double[][]> gradients) {}

    /** Forward and backward; {@code primary} tells which of the reference's noise belongs to which group of a row. */
    Trained train(ReferenceGates primary) {
        return train(layer, numbers, primary);
    }

    /** As {@link #train(ReferenceGates)} on another batch. */
    Trained train(LayerCase batch, Map<String, double[][]> numbersOfBatch, ReferenceGates primary) {
        NDArray x = sequence(batch, numbersOfBatch.get("x"));
        x.setRequiresGradient(true);
        GradientTape tape = new GradientTape();
        MixtureOfExperts.Trained trained;
        try (GradientCollector ignored = Engine.getInstance().newGradientCollector()) {
            trained = mixture.train(x, rows(batch), tape, noise(batch, numbersOfBatch, primary));
            NDArray weighting = sequence(batch, numbersOfBatch.get("weighting"));
            tape.backward(trained.y().mul(weighting).sum());
        }
        Map<String, ExpertStack> stacks = mixture.expertStacks();
        Map<String, double[][]> gradients = new LinkedHashMap<>();
        gradients.put("x", Matrices.of(x.getGradient()));
        mixture.namedParameters().forEach((name, parameter) -> {
            ExpertStack stack = stacks.get(name);
            gradients.put(name, stack == null ? Matrices.of(parameter.getArray().getGradient()) : ofTouched(stack));
        });
        return new Trained(Matrices.of(trained.y()), trained.balance(), trained.load(), gradients);
    }

    /** As an optimiser leaves things after an update: stacks keep what they held, but nothing of it counts. */
    void clearGradients() {
        Map<String, ExpertStack> stacks = mixture.expertStacks();
        mixture.namedParameters().forEach((name, parameter) -> {
            ExpertStack stack = stacks.get(name);
            if (stack == null) {
                NDArray gradient = parameter.getArray().getGradient();
                gradient.subi(gradient.duplicate());
            } else {
                Arrays.fill(stack.touched(), false);
            }
        });
    }

    /** Serving, {@code [T B, D]}. */
    double[][] serve() {
        return Matrices.of(mixture.sequence(sequence(layer, numbers.get("x")), rows(layer)));
    }

    /** What a decoder step in one call makes of it: y {@code [T B, D]}, and of each assignment the expert. */
    record Gathered(double[][] y, int[] experts) {}

    /** Serving as a decoder step in one call does it, of a gate that gives every row as many experts. */
    Gathered gather() {
        mixture.serveResident();
        GatheredMixture gathered = mixture.gathered().orElseThrow();
        Kernels kernels = mixture.kernels();
        NDArray x = sequence(layer, numbers.get("x"));
        NDList result = kernels.run(
                manager,
                "mixture_gathered",
                kernels.one("real_rows", false, x, rows(layer)),
                gathered.gateKind(),
                gathered.gate(),
                gathered.hidden(),
                gathered.output(),
                List.of(),
                List.of(),
                gathered.sigmoid() ? 1L : 0L);
        return new Gathered(
                Matrices.of(kernels.one("padded", false, result.get(0), rows(layer), x)), Gate.ints(result.get(1)));
    }

    MixtureOfExperts mixture() {
        return mixture;
    }

    private NDArray sequence(LayerCase batch, double[][] matrix) {
        return array(matrix, batch.steps(), batch.sentences(), batch.width());
    }

    private NDArray rows(LayerCase batch) {
        return manager.create(IntStream.of(batch.rows()).asLongStream().toArray());
    }

    /** Noise in the layout of the kernels: of a hierarchy, each row's groups in the order of their gates. */
    private List<NDArray> noise(LayerCase batch, Map<String, double[][]> numbersOfBatch, ReferenceGates primary) {
        List<Shape> shapes = mixture.noiseShapes(batch.rows().length);
        if (shapes.isEmpty()) {
            return List.of();
        }
        NDArray first = array(numbersOfBatch.get("epsilon"), shapes.get(0).getShape());
        if (!layer.twoLevel()) {
            return List.of(first);
        }
        int size = layer.groupSize();
        double[][] all = numbersOfBatch.get("epsilonInGroups");
        double[][] inOrder = IntStream.range(0, all.length)
                .boxed()
                .flatMap(row -> groups(primary, row)
                        .mapToObj(group -> Arrays.copyOfRange(all[row], group * size, (group + 1) * size)))
                .toArray(double[][]::new);
        return List.of(first, array(inOrder, shapes.get(1).getShape()));
    }

    private static IntStream groups(ReferenceGates primary, int row) {
        Scalar[] gates = primary.gates()[row];
        return IntStream.range(0, gates.length)
                .filter(group -> primary.chosen()[row][group])
                .boxed()
                .sorted(Comparator.comparingDouble((Integer group) -> -gates[group].value()))
                .mapToInt(Integer::intValue);
    }

    /** The gradient of a stack where that of an expert nobody chose is zero, whatever is there. */
    static double[][] ofTouched(ExpertStack stack) {
        double[][] gradient = Matrices.of(stack.gradient());
        int each = gradient.length / stack.touched().length;
        for (int i = 0; i < gradient.length; i++) {
            if (!stack.touched()[i / each]) {
                gradient[i] = new double[gradient[i].length];
            }
        }
        return gradient;
    }

    private NDArray array(double[][] matrix, long... shape) {
        return Matrices.array(manager, type, matrix, shape);
    }

    @Override
    public void close() {
        manager.close();
    }
}
