package dev.dragoman.model.kernel;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The one place that chooses where tensors live and kernels run: what the system property {@value #PROPERTY} says ({@code cpu},
 * {@code gpu} or {@code gpu1}), else the first GPU if the engine sees one, else the processor.
 */
public final class ComputeDevice {
    /** Names the device. */
    public static final String PROPERTY = "dragoman.device";

    private static final Pattern BFLOAT16_FLAGS = Pattern.compile("\\b(amx_bf16|avx512_bf16)\\b");

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

    /**
     * Element type of the experts' products in serving, where experts are stored in less than 32 bits: bfloat16 on a GPU and on
     * processors that multiply it themselves, else float32, which those do faster.
     */
    public static Compute expertCompute() {
        return get().isGpu() || multipliesBfloat16(Path.of("/proc/cpuinfo")) ? Compute.BFLOAT16 : Compute.FLOAT32;
    }

    /**
     * Whether the processor has instructions for products of bfloat16.
     *
     * @param description what Linux says of the processor; if there is no such file, it has none
     */
    static boolean multipliesBfloat16(Path description) {
        try (Stream<String> lines = Files.lines(description)) {
            return lines.filter(line -> line.startsWith("flags"))
                    .anyMatch(line -> BFLOAT16_FLAGS.matcher(line).find());
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static Engine engine() {
        return Engine.getEngine(Kernels.ENGINE);
    }
}
