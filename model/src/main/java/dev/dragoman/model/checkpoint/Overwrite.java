package dev.dragoman.model.checkpoint;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Overwrites arrays by the engine, also those that came out of kernels, of which its own in-place operations want nothing to know. */
final class Overwrite {
    /** One for each device, as long as the process lives: models come and go, and each opening would load its own. */
    private static final Map<Device, Kernels> KERNELS = new ConcurrentHashMap<>();

    private Overwrite() {}

    /**
     * Copies values, converted to the target's type.
     *
     * @param target on any device, float32 or bfloat16
     * @param values of the same shape and on the same device, float32
     */
    static void with(NDArray target, NDArray values) {
        KERNELS.computeIfAbsent(
                        target.getDevice(),
                        device -> Kernels.load(new KernelSettings(Compute.FLOAT32, 0, 1, 0), device))
                .number("copy_values", List.of(target), List.of(values));
    }
}
