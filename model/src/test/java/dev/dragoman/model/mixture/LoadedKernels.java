package dev.dragoman.model.mixture;

import ai.djl.Device;
import dev.dragoman.model.Engines;
import dev.dragoman.model.TestDevice;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Kernels by their settings, each loaded once, since that takes longer than a small layer. */
final class LoadedKernels implements AutoCloseable {
    private final Map<KernelSettings, Kernels> loaded = new HashMap<>();

    private final Supplier<Device> device;

    /** On the device of the tests. */
    LoadedKernels() {
        this(TestDevice::get);
    }

    LoadedKernels(Supplier<Device> device) {
        this.device = device;
    }

    Kernels of(Compute compute, Mixture mixture) {
        Engines.prepare();
        return loaded.computeIfAbsent(
                new KernelSettings(compute, 0, mixture.perRow(), mixture.noiseFloor()),
                settings -> Kernels.load(settings, device.get()));
    }

    @Override
    public void close() {
        loaded.values().forEach(Kernels::close);
        loaded.clear();
    }
}
