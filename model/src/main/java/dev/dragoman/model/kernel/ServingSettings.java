package dev.dragoman.model.kernel;

import ai.djl.Device;

/**
 * How the engine serves a network on a device. The native kernels of a processor have their own settings.
 *
 * @param compute element type of dense weights and products
 * @param residentExperts whether experts are copied to the device where all fit into the memory for them, and gathered there by decoder steps
 *     that are one call: on a GPU, where what the host has to be asked in between costs more than the products
 * @param stepsPerCall the most decoder steps of a greedy search that one call takes before the host looks at them, 1 to {@value #MOST_STEPS}
 */
public record ServingSettings(Compute compute, boolean residentExperts, int stepsPerCall) {
    /** Bounds {@link #STEPS}: what is taken beyond a sentence's end is for nothing. */
    static final int MOST_STEPS = 64;

    /** Names the steps of a call: {@code auto}, the default, or their number. */
    public static final String STEPS = "dragoman.engine.steps";

    private static final int GPU_STEPS = 4;

    /** Names the element type: {@code auto}, the default, {@code float32}, {@code bfloat16} or {@code float16}. */
    public static final String PRECISION = "dragoman.engine.precision";

    public ServingSettings {
        if (stepsPerCall < 1 || stepsPerCall > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "stepsPerCall must be from 1 to " + MOST_STEPS + ", but is " + stepsPerCall);
        }
        if (compute == Compute.FLOAT64) {
            throw new IllegalArgumentException("compute must be FLOAT32, BFLOAT16 or FLOAT16, but is FLOAT64");
        }
    }

    /**
     * What the system properties say; by default what a GPU multiplies best, and float32 elsewhere, and four
     * steps a call on a GPU and one elsewhere.
     *
     * @throws IllegalArgumentException if a property has another value
     */
    public static ServingSettings of(Device device) {
        return new ServingSettings(compute(device), device.isGpu(), steps(device));
    }

    private static int steps(Device device) {
        String number = System.getProperty(STEPS, "auto");
        if (number.equals("auto")) {
            return device.isGpu() ? GPU_STEPS : 1;
        }
        if (!number.matches("[1-9][0-9]?") || Integer.parseInt(number) > MOST_STEPS) {
            throw new IllegalArgumentException(
                    STEPS + " must be auto or a number from 1 to " + MOST_STEPS + ", but is " + number);
        }
        return Integer.parseInt(number);
    }

    private static Compute compute(Device device) {
        String name = System.getProperty(PRECISION, "auto");
        return switch (name) {
            case "auto" -> ComputeDevice.serving(device);
            case "float32" -> Compute.FLOAT32;
            case "bfloat16" -> Compute.BFLOAT16;
            case "float16" -> Compute.FLOAT16;
            default ->
                throw new IllegalArgumentException(
                        PRECISION + " must be auto, float32, bfloat16 or float16, but is " + name);
        };
    }
}
