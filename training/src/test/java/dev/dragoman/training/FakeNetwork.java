package dev.dragoman.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import dev.dragoman.model.BatchLoss;
import dev.dragoman.model.TokenBatch;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertStack;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parameters and gradients for optimisers, without arithmetic of its own: a test sets the gradients. */
final class FakeNetwork implements TrainableNetwork {
    private final Kernels kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 1, 0));
    private final NDManager manager;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, ExpertStack> stacks = new LinkedHashMap<>();

    FakeNetwork(NDManager manager) {
        this.manager = manager;
    }

    /** Adds a parameter of ones whose gradient is the engine's. */
    void add(String name, long... shape) {
        Parameter parameter = parameter(shape);
        parameter.initialize(manager, DataType.FLOAT32);
        parameters.put(name, parameter);
    }

    /** Adds a stack of experts, all ones, none of them touched. */
    ExpertStack addExperts(String name, DataType type, long... shape) {
        Parameter parameter = parameter(shape);
        // DJL takes an array only where no shape was set before.
        parameter.setShape(null);
        parameter.setArray(zeros(type, shape));
        float[] ones = new float[(int) parameter.getArray().size()];
        Arrays.fill(ones, 1);
        fill(parameter.getArray(), ones);
        ExpertStack stack = new ExpertStack(parameter, zeros(type, shape), new boolean[(int) shape[0]]);
        parameters.put(name, parameter);
        stacks.put(name, stack);
        return stack;
    }

    /** By a kernel: the engine makes no bfloat16 from Java. */
    private NDArray zeros(DataType type, long... shape) {
        return kernels.run(manager, "uniform", manager.create(0f), shape, 0.0, type == DataType.BFLOAT16 ? 1L : 0L)
                .get(0);
    }

    /** Writes values where an array lies. */
    static void fill(NDArray array, float... values) {
        ByteBuffer memory = array.toByteBuffer(true).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (isNarrow(array)) {
                int bits = Float.floatToIntBits(value);
                // To nearest, ties to even; not a number stays none.
                memory.putShort((short) (Float.isNaN(value) ? 0x7fc0 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16));
            } else {
                memory.putFloat(value);
            }
        }
    }

    /** Values of an array of either type. */
    static float[] values(NDArray array) {
        ByteBuffer memory = array.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[(int) array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = isNarrow(array) ? Float.intBitsToFloat(memory.getShort() << 16) : memory.getFloat();
        }
        return values;
    }

    private static boolean isNarrow(NDArray array) {
        // The engine does not know the type by name when it comes from a kernel.
        return array.getDataType() == DataType.BFLOAT16 || array.getDataType() == DataType.UNKNOWN;
    }

    private static Parameter parameter(long... shape) {
        return Parameter.builder()
                .setName("p")
                .setType(Parameter.Type.OTHER)
                .optShape(new Shape(shape))
                .optInitializer(Initializer.ONES)
                .build();
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public Map<String, Parameter> namedParameters() {
        return parameters;
    }

    @Override
    public Map<String, ExpertStack> expertStacks() {
        return stacks;
    }

    @Override
    public void initialize(NDManager owner, DataType expertType) {
        throw new UnsupportedOperationException("parameters have values from the start");
    }

    @Override
    public BatchLoss train(NDManager scratch, TokenBatch batch, double smoothing, double share) {
        throw new UnsupportedOperationException("there is nothing to compute");
    }

    @Override
    public BatchLoss evaluate(NDManager scratch, TokenBatch batch) {
        throw new UnsupportedOperationException("there is nothing to compute");
    }

    @Override
    public void close() {
        parameters.values().forEach(Parameter::close);
        kernels.close();
    }
}
