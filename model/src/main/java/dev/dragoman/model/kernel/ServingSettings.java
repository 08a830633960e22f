package dev.dragoman.model.kernel;

import ai.djl.Device;

/**
 * How the engine serves a network on a device. The native kernels of a processor have their own settings.
 *
 * @param compute element type of dense weights and products
 * @param residentExperts whether experts are copied to the device where all fit into the memory for them, and gathered there by decoder steps
 *     that are one call: on a GPU, where what the host has to be asked in between costs more than the products
 */
public record ServingSettings(Compute compute, boolean residentExperts) {
    /** Names the element type: {@code auto}, the default, {@code float32} or {@code bfloat16}. */
    public static final String PRECISION = "dragoman.engine.precision";

    public ServingSettings {
        if (compute == Compute.FLOAT64) {
            throw new IllegalArgumentException("compute must be FLOAT32 or BFLOAT16, but is FLOAT64");
        }
    }

    /**
     * What the system properties say; by default bfloat16 on a GPU that multiplies it itself, and float32 elsewhere.
     *
     * @throws IllegalArgumentException if a property has another value
     */
    public static ServingSettings of(Device device) {
        return new ServingSettings(compute(device), device.isGpu());
    }

    private static Compute compute(Device device) {
        String name = System.getProperty(PRECISION, "auto");
        return switch (name) {
            case "auto" -> ComputeDevice.isGpuWithBfloat16(device) ? Compute.BFLOAT16 : Compute.FLOAT32;
            case "float32" -> Compute.FLOAT32;
            case "bfloat16" -> Compute.BFLOAT16;
            default ->
                throw new IllegalArgumentException(PRECISION + " must be auto, float32 or bfloat16, but is " + name);
        };
    }
}
