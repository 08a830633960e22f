package dev.dragoman.model.kernel;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The one place that chooses where tensors live and kernels run: what the system property {@value #PROPERTY} says, else the first GPU if
 * the engine sees one, else the processor. Training over several devices names them itself, in the same words.
 *
 * <p>The words are {@code cpu}, {@code gpu} for the first GPU, and {@code gpu1} or, as PyTorch has it, {@code cuda:1} for another.
 */
public final class ComputeDevice {
    /** Names the device. */
    public static final String PROPERTY = "dragoman.device";

    private static final Pattern NAME = Pattern.compile("cpu|gpu([0-9]?)|cuda:([0-9])");
    private static final Pattern BFLOAT16_FLAGS = Pattern.compile("\\b(amx_bf16|avx512_bf16)\\b");

    private static final int AMPERE = 80;
    /** The first of NVIDIA's GPUs that multiply float16. */
    private static final int FIRST_FLOAT16 = 53;

    /** There on Linux with NVIDIA's driver, in containers too. */
    private static final Path NVIDIA = Path.of("/dev/nvidiactl");

    private ComputeDevice() {}

    /**
     * The device.
     *
     * @throws IllegalArgumentException if the property names none, or a GPU that the engine does not see
     */
    public static Device get() {
        String name = System.getProperty(PROPERTY, "");
        return name.isEmpty() ? engine().defaultDevice() : of(PROPERTY, name);
    }

    /**
     * Whether {@link #get} is a GPU. The engine is only asked where there may be one: loading it takes a second, and whoever computes
     * without it on a processor need not.
     */
    public static boolean isGpu() {
        String name = System.getProperty(PROPERTY, "");
        if (name.equals("cpu") || (name.isEmpty() && Files.isDirectory(Path.of("/proc")) && !Files.exists(NVIDIA))) {
            return false;
        }
        return get().isGpu();
    }

    /**
     * The device of a name.
     *
     * @param key what holds the name, for messages
     * @throws IllegalArgumentException if it names none, or a GPU that the engine does not see
     */
    public static Device of(String key, String name) {
        Matcher matcher = matched(key, name);
        if (name.equals("cpu")) {
            return Device.cpu();
        }
        String number = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        int index = number.isEmpty() ? 0 : Integer.parseInt(number);
        int gpus = engine().getGpuCount();
        if (index >= gpus) {
            throw new IllegalArgumentException(key + " is " + name + ", but the engine sees " + gpus + " GPUs");
        }
        return Device.gpu(index);
    }

    /**
     * Checks a name without loading the engine, whether or not the device is there.
     *
     * @param key what holds the name, for messages
     * @throws IllegalArgumentException if it is no device's name
     */
    public static void requireName(String key, String name) {
        matched(key, name);
    }

    private static Matcher matched(String key, String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    key + " must be cpu, gpu, gpu0 to gpu9 or cuda:0 to cuda:9, but is " + name);
        }
        return matcher;
    }

    /** A manager of tensors on the device that {@link #get} chooses, a root that the caller closes. */
    public static NDManager newManager() {
        return newManager(get());
    }

    /** A manager of tensors on a device, a root that the caller closes. */
    public static NDManager newManager(Device device) {
        return NDManager.newBaseManager(device, engine().getEngineName());
    }

    /**
     * Element type of the experts' products in serving, where experts are stored in less than 32 bits: bfloat16 on GPUs and processors
     * that multiply it themselves, else float32, which processors do faster. It is never float16: whole numbers of 8 bits are
     * multiplied before their scales, and the sums would be beyond it.
     */
    public static Compute expertCompute() {
        Device device = get();
        boolean narrow =
                device.isGpu() ? serving(device) == Compute.BFLOAT16 : multipliesBfloat16(Path.of("/proc/cpuinfo"));
        return narrow ? Compute.BFLOAT16 : Compute.FLOAT32;
    }

    /** Element type in which a device serves best. */
    static Compute serving(Device device) {
        return device.isGpu() ? gpuCompute(CudaUtils.getComputeCapability(device.getDeviceId())) : Compute.FLOAT32;
    }

    /**
     * The narrowest type with the widest range that a GPU multiplies itself: bfloat16 since Ampere, of compute capability 8.0, before
     * that float16 from 5.3 on, else float32.
     *
     * @param capability compute capability without its point, as the engine tells it: 75, 80, 120
     */
    static Compute gpuCompute(String capability) {
        int number = Integer.parseInt(capability);
        return number >= AMPERE ? Compute.BFLOAT16 : number >= FIRST_FLOAT16 ? Compute.FLOAT16 : Compute.FLOAT32;
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
