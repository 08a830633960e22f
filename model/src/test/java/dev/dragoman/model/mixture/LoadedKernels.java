package dev.dragoman.model.mixture;

import dev.dragoman.model.Engines;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import java.util.HashMap;
import java.util.Map;

/** Kernels by their settings, each loaded once, since that takes longer than a small layer. */
final class LoadedKernels implements AutoCloseable {
    private final Map<KernelSettings, Kernels> loaded = new HashMap<>();

    Kernels of(Compute compute, Mixture mixture) {
        Engines.prepare();
        return loaded.computeIfAbsent(
                new KernelSettings(compute, 0, mixture.perRow(), mixture.noiseFloor()), Kernels::load);
    }

    @Override
    public void close() {
        loaded.values().forEach(Kernels::close);
        loaded.clear();
    }
}
