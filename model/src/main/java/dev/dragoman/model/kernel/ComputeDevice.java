package dev.dragoman.model.kernel;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;

/**
 * The one place that chooses where tensors live and kernels run: what the system property {@value #PROPERTY} says ({@code cpu},
 * {@code gpu} or {@code gpu1}), else the first GPU if the engine sees one, else the processor.
 */
public final class ComputeDevice {
    /** Names the device. */
    public static final String PROPERTY = "dragoman.device";

    private ComputeDevice() {}

    /**
     * The device.
     *
     * @throws IllegalArgumentException if the property names none, or a GPU that the engine does not see
     */
    public static Device get() {
        String name = System.getProperty(PROPERTY, "");
        if (name.isEmpty()) {
            return engine().defaultDevice();
        }
        if (!name.matches("cpu|gpu[0-9]?")) {
            throw new IllegalArgumentException(PROPERTY + " must be cpu, gpu or gpu0 to gpu9, but is " + name);
        }
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        int index = name.length() > 3 ? name.charAt(3) - '0' : 0;
        int gpus = engine().getGpuCount();
        if (index >= gpus) {
            throw new IllegalArgumentException(PROPERTY + " is " + name + ", but the engine sees " + gpus + " GPUs");
        }
        return Device.gpu(index);
    }

    /** A manager of tensors on the device, a root that the caller closes. */
    public static NDManager newManager() {
        return NDManager.newBaseManager(get(), engine().getEngineName());
    }

    private static Engine engine() {
        return Engine.getEngine(Kernels.ENGINE);
    }
}
