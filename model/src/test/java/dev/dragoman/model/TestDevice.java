package dev.dragoman.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.kernel.ServingSettings;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The device on which tests of the engine run: what {@code -Ddragoman.test.device} names, {@code cuda:0} for example, else the processor.
 * Where it names a GPU that is not there, tests are skipped and say so. In the test jar for other modules.
 *
 * <p>A class that this extends has networks use the device, in float32 unless a test says otherwise.
 */
public final class TestDevice implements BeforeAllCallback, AfterAllCallback {
    /** Names the device. */
    public static final String PROPERTY = "dragoman.test.device";

    /** What another order of additions may cost: so many times what it costs on a processor, and at least so much where nothing was allowed. */
    private static final double GPU_FACTOR = 10;

    private static final double GPU_LEAST = 1e-5;
    /** What is allowed for other reasons needs no more. */
    private static final double WIDE = 1e-3;

    @Override
    public void beforeAll(ExtensionContext context) {
        get();
        System.setProperty(ComputeDevice.PROPERTY, name());
        System.setProperty(ServingSettings.PRECISION, "float32");
    }

    @Override
    public void afterAll(ExtensionContext context) {
        System.clearProperty(ComputeDevice.PROPERTY);
        System.clearProperty(ServingSettings.PRECISION);
    }

    /** The device; skips the test where it is a GPU and the engine sees none. */
    public static Device get() {
        Engines.prepare();
        String name = name();
        ComputeDevice.requireName(PROPERTY, name);
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        Assumptions.assumeTrue(
                Engine.getEngine("PyTorch").getGpuCount() > 0,
                PROPERTY + " is " + name + ", but the engine sees no GPU");
        return ComputeDevice.of(PROPERTY, name);
    }

    private static String name() {
        String name = System.getProperty(PROPERTY, "");
        return name.isEmpty() ? "cpu" : name;
    }

    /** A manager of arrays there, closed by the caller. */
    public static NDManager newManager() {
        return ComputeDevice.newManager(get());
    }

    /** For numbers of float32: as {@link Offset#offset}, and wider on a GPU, which adds in another order. */
    public static Offset<Float> within(float onProcessor) {
        return Offset.offset((float) tolerance(onProcessor));
    }

    /** The same for numbers that were computed in float32. */
    public static Offset<Double> within(double onProcessor) {
        return Offset.offset(tolerance(onProcessor));
    }

    private static double tolerance(double onProcessor) {
        return get().isGpu() && onProcessor < WIDE ? Math.max(GPU_FACTOR * onProcessor, GPU_LEAST) : onProcessor;
    }
}
