package dev.dragoman.model.kernel;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The arithmetic of {@code kernels.py}, loaded into libtorch once and called by method name.
 *
 * <p>A call from Java costs some microseconds whatever it does, so each method is a whole layer or step instead of one tensor
 * operation. {@link #call} records gradients when asked to and takes tensors and lists of tensors only; {@link #run} never records
 * and takes any value.
 *
 * <p>Results of {@link #call} are attached to the manager of the first argument and closed with it. Calls without gradients are safe
 * from many threads; calls that record them belong to one thread at a time, since the engine takes the grouping of lists from the
 * arrays' names. The owner closes the kernels after everything that uses them.
 */
public final class Kernels implements AutoCloseable {
    static final String ENGINE = "PyTorch";

    private static final String SOURCE = "kernels.py";

    /**
     * The graph executor's profiling rewrites a method after its first calls, which costs start-up time and changes the random stream
     * of dropout from one call to the next; our methods are coarse, so it has nothing to win. The switch is per thread.
     */
    private static final ThreadLocal<Boolean> PLAIN_EXECUTION = ThreadLocal.withInitial(() -> {
        JniUtils.setGraphExecutorOptimize(false);
        return true;
    });

    private final Model model;
    private final PtSymbolBlock module;
    private final KernelSettings settings;
    private final Device device;
    private final LongAdder calls = new LongAdder();

    private Kernels(Model model, KernelSettings settings, Device device) {
        this.device = device;
        this.model = model;
        this.module = (PtSymbolBlock) model.getBlock();
        this.settings = settings;
    }

    /** Loads the kernels for the device that {@link ComputeDevice} names; takes some tens of milliseconds. */
    public static Kernels load(KernelSettings settings) {
        return load(settings, ComputeDevice.get());
    }

    /** Loads the kernels for a device. */
    public static Kernels load(KernelSettings settings, Device device) {
        byte[] archive = ScriptArchive.of(
                source(),
                Map.of(
                        "compute", settings.compute().code(),
                        "wide", settings.compute().wide(),
                        "expert_compute", settings.expertCompute().code(),
                        "dropout", settings.dropout(),
                        "experts_per_row", settings.expertsPerRow(),
                        "noise_floor", settings.noiseFloor(),
                        "attention_heads", settings.attentionHeads()));
        Model model = Model.newInstance("kernels", device, ENGINE);
        try {
            model.load(new ByteArrayInputStream(archive));
            // The engine makes an empty folder for each model that it reads from memory, and removes it at the end of a
            // process that is not killed.
            Files.deleteIfExists(model.getModelPath());
            return new Kernels(model, settings, device);
        } catch (IOException | MalformedModelException e) {
            model.close();
            throw new IllegalStateException(SOURCE + " was not accepted by libtorch: " + e.getMessage(), e);
        }
    }

    public KernelSettings settings() {
        return settings;
    }

    /** What they were loaded for. */
    public Device device() {
        return device;
    }

    /**
     * Runs a method on tensors.
     *
     * @param recordGradients whether the results can be differentiated
     * @param arguments {@link NDArray}s and {@link List}s of them, in the method's order; the first is an array, whose manager owns the
     *     results
     * @return the method's result, a tuple flattened
     */
    public NDList call(String method, boolean recordGradients, Object... arguments) {
        NDManager manager = ((NDArray) arguments[0]).getManager();
        if (!recordGradients) {
            return run(manager, method, arguments);
        }
        PLAIN_EXECUTION.get();
        calls.increment();
        NDList inputs = new NDList(arguments.length + 8);
        // The engine reads the method from the name of an array that is not an argument itself.
        NDArray marker = manager.create(new Shape(0));
        marker.setName("module_method:" + method);
        inputs.add(marker);
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof NDArray array) {
                array.setName(null);
                inputs.add(array);
            } else {
                // Arrays of one name ending in [] become one list argument.
                String name = "list" + i + "[]";
                for (Object element : (List<?>) arguments[i]) {
                    NDArray array = (NDArray) element;
                    array.setName(name);
                    inputs.add(array);
                }
            }
        }
        NDList result = IValueUtils.forward(module, inputs, true);
        marker.close();
        return result;
    }

    /** {@link #call} for a method with one result. */
    public NDArray one(String method, boolean recordGradients, Object... arguments) {
        return call(method, recordGradients, arguments).get(0);
    }

    /**
     * Runs a method on any values, without gradients.
     *
     * @param manager owns the results
     * @param arguments {@link NDArray}, {@code List<NDArray>}, {@link HeldArrays}, {@link Long}, {@link Double}, {@link String} or
     *     {@code long[]}
     */
    public NDList run(NDManager manager, String method, Object... arguments) {
        try (IValue result = invoke(method, arguments)) {
            return result.toNDList((PtNDManager) manager);
        }
    }

    /** {@link #run} for a method whose result is a whole number. */
    public long number(String method, Object... arguments) {
        try (IValue result = invoke(method, arguments)) {
            return result.toLong();
        }
    }

    @SuppressWarnings("unchecked")
    private IValue invoke(String method, Object... arguments) {
        PLAIN_EXECUTION.get();
        calls.increment();
        IValue[] values = new IValue[arguments.length];
        try {
            for (int i = 0; i < arguments.length; i++) {
                Object argument = arguments[i];
                if (argument instanceof NDArray array) {
                    values[i] = IValue.from((PtNDArray) array);
                } else if (argument instanceof Long number) {
                    values[i] = IValue.from(number.longValue());
                } else if (argument instanceof Double number) {
                    values[i] = IValue.from(number.doubleValue());
                } else if (argument instanceof String text) {
                    values[i] = IValue.from(text);
                } else if (argument instanceof HeldArrays held) {
                    values[i] = held.value();
                } else if (argument instanceof long[] numbers) {
                    values[i] = IValue.listFrom(numbers);
                } else {
                    values[i] = IValue.listFrom(((List<NDArray>) argument).toArray(new PtNDArray[0]));
                }
            }
            return IValueUtils.runMethod(module, method, values);
        } finally {
            for (int i = 0; i < values.length; i++) {
                if (values[i] != null && !(arguments[i] instanceof HeldArrays)) {
                    values[i].close();
                }
            }
        }
    }

    /** How many methods have been run since the kernels were loaded: what a step costs beside its arithmetic. */
    public long calls() {
        return calls.sum();
    }

    @Override
    public void close() {
        model.close();
    }

    private static String source() {
        try (InputStream in = Kernels.class.getResourceAsStream("/dev/dragoman/model/kernel/" + SOURCE)) {
            if (in == null) {
                throw new IllegalStateException(SOURCE + " is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
