package dev.dragoman.model.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The native library, loaded once per process, and which of its variants runs.
 *
 * <p>The property {@code dragoman.cpu-kernels} chooses: {@code auto}, the default, takes the fastest variant that the processor runs;
 * {@code none} leaves everything to the engine; {@code amx}, {@code avx512}, {@code avx2}, {@code neon} or {@code generic} asks for that one.
 * The library is the file that {@code dragoman.cpu-kernels.library} names, or comes from the class path, from the jar of the platform at
 * hand; without one, and with {@code auto}, the engine serves.
 *
 * <p>A step is shared among as many threads as there are processors, or as {@code dragoman.cpu-kernels.threads} says. They are one team for
 * the whole process: a step that finds them at work for another decoding goes on alone.
 *
 * <p>Experts have 8 bits, or 4 where {@code dragoman.expert-bits} says so.
 *
 * <p>Handles are addresses. Whoever makes one frees it, once, when nothing else uses it; {@link CpuNetwork} and {@link CpuDecoding} do.
 */
final class CpuKernels {
    static final String CHOICE = "dragoman.cpu-kernels";
    static final String LIBRARY = "dragoman.cpu-kernels.library";

    static final String THREADS = "dragoman.cpu-kernels.threads";
    static final String EXPERT_BITS = "dragoman.expert-bits";
    /** What the native side has room for. */
    private static final int MOST_THREADS = 64;

    private CpuKernels() {}

    private static final class Loaded {
        /** Why there is no library; null if there is one. */
        static final @Nullable String PROBLEM = load();

        private static @Nullable String load() {
            try {
                String named = System.getProperty(LIBRARY, "");
                if (!named.isEmpty()) {
                    System.load(Path.of(named).toAbsolutePath().toString());
                    return null;
                }
                return loadFromClassPath();
            } catch (IOException | UnsatisfiedLinkError e) {
                return String.valueOf(e.getMessage());
            }
        }

        private static @Nullable String loadFromClassPath() throws IOException {
            String name = platform() + "/" + System.mapLibraryName("dragoman");
            try (InputStream in = CpuKernels.class.getResourceAsStream(name)) {
                if (in == null) {
                    return "none was built for " + platform();
                }
                Path file = Files.createTempFile("dragoman-", ".so");
                try {
                    Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
                    System.load(file.toString());
                } finally {
                    // Once it is loaded, the system keeps what it needs.
                    Files.delete(file);
                }
                return null;
            }
        }
    }

    /** As in {@code linux-x86_64}: the names that the engine's jars have. */
    static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch").replace("amd64", "x86_64");
        return (system.startsWith("mac") ? "osx" : system) + "-" + processor;
    }

    /**
     * The variant that the property chooses; empty if the engine is to serve.
     *
     * @throws IllegalStateException if a variant is asked for by name and is not there, or not for this processor
     */
    static Optional<String> variant() {
        return variant(System.getProperty(CHOICE, "auto"));
    }

    /** As {@link #variant()}, of this choice. */
    static Optional<String> variant(String choice) {
        if (choice.equals("none")) {
            return Optional.empty();
        }
        boolean any = choice.equals("auto");
        if (Loaded.PROBLEM != null) {
            if (!any) {
                throw new IllegalStateException(
                        CHOICE + " is " + choice + ", but there is no native library: " + Loaded.PROBLEM);
            }
            return Optional.empty();
        }
        String found = variantOf(any ? "" : choice);
        if (found == null) {
            throw new IllegalStateException(
                    CHOICE + " is " + choice
                            + ", which is none of auto, none, amx, avx512, avx2, neon and generic, or is not for this processor");
        }
        return Optional.of(found);
    }

    /**
     * How many threads work on one step.
     *
     * @throws IllegalStateException if the property is no whole number from 1 to 64
     */
    static int threads() {
        String text = System.getProperty(THREADS, "");
        if (text.isEmpty()) {
            return Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS);
        }
        int threads;
        try {
            threads = Integer.parseInt(text);
        } catch (NumberFormatException notANumber) {
            threads = 0;
        }
        if (threads < 1 || threads > MOST_THREADS) {
            throw new IllegalStateException(
                    THREADS + " must be a whole number from 1 to " + MOST_THREADS + ", but is " + text);
        }
        return threads;
    }

    /**
     * Bits of each weight of the experts.
     *
     * @throws IllegalStateException if the property is neither 8 nor 4
     */
    static int expertBits() {
        return switch (System.getProperty(EXPERT_BITS, "")) {
            case "", "8" -> 8;
            case "4" -> 4;
            default ->
                throw new IllegalStateException(
                        EXPERT_BITS + " must be 8 or 4, but is " + System.getProperty(EXPERT_BITS));
        };
    }

    /** The variant of that name, or the fastest for an empty one; null if the processor does not run it. */
    private static native @Nullable String variantOf(String name);

    /**
     * A network without weights.
     *
     * @param configuration as {@link CpuNetwork} lists it
     * @param encoderMixtures by layer from the bottom, 1 where a mixture layer follows
     * @param expertBits 8 or 4
     */
    static native long newNetwork(
            String variant, int[] configuration, int[] encoderMixtures, int[] decoderMixtures, int expertBits);

    /**
     * Gives a network a tensor, or some experts of a stack, which come in order.
     *
     * @param type 0 float32, 1 bfloat16, 2 int8
     * @param values direct; those of experts stay as they are until the network is freed
     * @param scales direct, float32, one for each row of int8
     * @param transposed whether matrices are stored inputs first
     * @return whether it is needed
     * @throws IllegalArgumentException if it has another shape than the configuration asks for
     */
    static native boolean setTensor(
            long network,
            String name,
            int type,
            int[] shape,
            ByteBuffer values,
            @Nullable ByteBuffer scales,
            boolean transposed);

    /** The name of a tensor that the network still lacks; null if it is complete. */
    static native @Nullable String missingTensor(long network);

    static native void freeNetwork(long network);

    /** What the experts of a layer, counted from 0, have computed: rows and sums of gates, {@code [E]} each. */
    static native void expertUse(long network, boolean encoder, int layer, long[] rows, double[] gates);

    /**
     * A decoding without rows.
     *
     * @param threads that may work on one step, the caller's included
     */
    static native long newDecoding(long network, int threads);

    static native void freeDecoding(long decoding);

    /**
     * Encodes sentences, whose ids follow one another, and adds a row for each behind those that there are.
     *
     * @param listed of each sentence how many pieces it may be translated with, -1 for all; null if all may be with all
     * @param pieces these lists, which follow one another, ascending
     */
    static native void admit(long decoding, int[] ids, int[] lengths, int @Nullable [] listed, int @Nullable [] pieces);

    static native void reorder(long decoding, int[] origins);

    /**
     * One step: {@code [rows * top]} ids and log probabilities, best first.
     *
     * @param begins of each row where its ids begin in {@code asked}, and their number; null where nothing else is asked for
     * @param asked ids whose log probabilities are wanted too
     * @param answers takes them
     */
    static native void step(
            long decoding,
            int rows,
            int[] ids,
            int top,
            int[] best,
            float[] logProbabilities,
            int @Nullable [] begins,
            int @Nullable [] asked,
            float @Nullable [] answers);

    /** Weights of the last step's attention of a row, as many as the array takes. */
    static native void attentionOf(long decoding, int row, float[] weights);

    /** How many methods have worked for a decoding, itself not counted. */
    static native long calls(long decoding);

    /**
     * One matrix product as layers compute it, for tests: x {@code [rows, inputs]} with weights {@code [outputs, inputs]}.
     *
     * @param bits that the weights have when they are multiplied, 8 or 4
     */
    static native void product(
            long decoding,
            int bits,
            int rows,
            int inputs,
            int outputs,
            ByteBuffer weights,
            ByteBuffer scales,
            float[] x,
            float[] y);

    /** Products of 8 bits per second by one thread, of numbers that are in registers already. */
    static native double peakOperations(String variant);

    /** Bytes per second that one thread reads of so many bytes, the best of several times. */
    static native double readRate(String variant, long bytes);
}
