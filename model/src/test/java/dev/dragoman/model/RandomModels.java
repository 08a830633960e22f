package dev.dragoman.model;

import ai.djl.nn.Parameter;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.TensorSource;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.kernel.Compute;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/**
 * Model directories of any size with random weights, for measurements: written as fast as the disk takes them, and never in memory. In the
 * test jar for other modules.
 *
 * <p>Weights are uniform with the variance {@code 1 / in}, so that outputs of layers vary as their inputs do; experts are stored in 8 bits,
 * everything else in 32. Gates are random too, so that different rows choose different experts. The same seed gives the same weights.
 */
public final class RandomModels {
    private static final int SLICE_BYTES = 1 << 24;

    private RandomModels() {}

    /** Everything but {@code pieces.model}, which the network does not read. */
    public static Path write(Path directory, ModelConfiguration configuration, long seed) {
        return write(directory, configuration, seed, SLICE_BYTES);
    }

    static Path write(Path directory, ModelConfiguration configuration, long seed, int sliceBytes) {
        Engines.prepare();
        List<TensorSource> sources = new ArrayList<>();
        try (TranslationNetwork network = TranslationNetwork.of(configuration.network(), Compute.FLOAT32)) {
            for (Map.Entry<String, Parameter> entry : network.namedParameters().entrySet()) {
                String name = entry.getKey();
                long[] shape = entry.getValue().getShape().getShape();
                if (name.endsWith(".hidden") || name.endsWith(".output")) {
                    float scale = bound(shape[2]) / 127;
                    sources.add(new Slices(name, StoredType.I8, shape, sliceBytes, seed, RandomModels::bytes));
                    sources.add(new Slices(
                            name + ".scale",
                            StoredType.F32,
                            Arrays.copyOf(shape, 2),
                            sliceBytes,
                            seed,
                            (random, buffer) -> fill(buffer, scale)));
                } else {
                    sources.add(new Slices(name, StoredType.F32, shape, sliceBytes, seed, numbers(name, shape)));
                }
            }
            Files.createDirectories(directory);
            ModelDirectory.writeConfiguration(directory, configuration);
            WeightFiles.write(directory.resolve(ModelDirectory.WEIGHTS), sources, WeightFiles.DEFAULT_LIMIT);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A complete directory with a copy of the given SentencePiece model. */
    public static Path write(Path directory, ModelConfiguration configuration, long seed, Path pieces) {
        write(directory, configuration, seed);
        try {
            Files.copy(pieces, directory.resolve(ModelDirectory.PIECES));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BiConsumer<SplittableRandom, ByteBuffer> numbers(String name, long[] shape) {
        long last = shape[shape.length - 1];
        if (name.endsWith("hresholds")) {
            // Those of a row that prefers nothing.
            return (random, buffer) -> fill(buffer, (float) -Math.log(last));
        }
        // Gates are [D, n] or [G, D, n], other matrices [out, in].
        boolean gate = name.endsWith(".gate") || name.endsWith(".groupGate");
        float bound = bound(gate ? shape[shape.length - 2] : last);
        return (random, buffer) -> floats(random, buffer, bound);
    }

    private static float bound(long in) {
        return (float) Math.sqrt(3.0 / in);
    }

    private static void bytes(SplittableRandom random, ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        random.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            // Quantised weights are symmetric: -128 never occurs.
            bytes[i] = (byte) Math.max(bytes[i], -127);
        }
        buffer.put(bytes);
    }

    private static void floats(SplittableRandom random, ByteBuffer buffer, float bound) {
        while (buffer.hasRemaining()) {
            buffer.putFloat(random.nextFloat(-bound, bound));
        }
    }

    private static void fill(ByteBuffer buffer, float value) {
        while (buffer.hasRemaining()) {
            buffer.putFloat(value);
        }
    }

    /** Each slice has a stream of random numbers of its own, and is made when it is asked for. */
    private record Slices(
            String name,
            StoredType type,
            long[] shape,
            int sliceBytes,
            long seed,
            BiConsumer<SplittableRandom, ByteBuffer> content)
            implements TensorSource {
        @Override
        public int slices() {
            return Math.toIntExact((bytes() + sliceBytes - 1) / sliceBytes);
        }

        @Override
        public ByteBuffer slice(int i) {
            int size = (int) Math.min(sliceBytes, bytes() - (long) i * sliceBytes);
            ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
            content.accept(new SplittableRandom(new Random(seed + 31L * name.hashCode()).nextLong() + i), buffer);
            return buffer.flip();
        }
    }
}
