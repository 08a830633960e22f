package dev.dragoman.model;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.kernel.ComputeDevice;
import org.junit.jupiter.api.Assumptions;

/**
 * The device on which tests of the engine run: what {@code -Ddragoman.test.device} names, {@code cuda:0} for example, else the processor.
 * Where it names a GPU that is not there, tests are skipped and say so. In the test jar for other modules.
 */
public final class TestDevice {
    /** Names the device. */
    public static final String PROPERTY = "dragoman.test.device";

    private TestDevice() {}

    /** Has networks use the device from now on, or skips the test. */
    public static void use() {
        Engines.prepare();
        String name = System.getProperty(PROPERTY, "");
        String device = name.isEmpty() ? "cpu" : name;
        ComputeDevice.requireName(PROPERTY, device);
        int gpus = Engine.getEngine("PyTorch").getGpuCount();
        Assumptions.assumeTrue(
                device.equals("cpu") || gpus > 0, PROPERTY + " is " + name + ", but the engine sees no GPU");
        System.setProperty(ComputeDevice.PROPERTY, device);
    }

    /** Leaves the choice to the engine again. */
    public static void release() {
        System.clearProperty(ComputeDevice.PROPERTY);
    }

    /** A manager of arrays there, closed by the caller; after {@link #use}. */
    public static NDManager newManager() {
        return ComputeDevice.newManager();
    }
}
