package dev.dragoman.model.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.model.TinyModels;
import dev.dragoman.model.TinyNetworks;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.StoredType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The product that every layer is made of, beside one of whole numbers in plain Java. */
class CpuProductTest {
    @TempDir
    Path directory;

    @BeforeEach
    void requireLibrary() {
        assumeTrue(
                CpuKernels.variant("auto").isPresent(),
                "the native library was not built: see model/src/main/cpp/build.sh");
    }

    @ParameterizedTest
    @ValueSource(strings = {"generic", "avx2", "avx512", "amx", "neon"})
    void product_isThatOfWholeNumbers(String name) throws IOException {
        String variant;
        try {
            variant = CpuKernels.variant(name).orElseThrow();
        } catch (IllegalStateException e) {
            assumeTrue(false, "this processor does not run " + name);
            return;
        }
        TinyModels.write(directory, TinyModels.configuration(TinyNetworks.gnmt(40)), 1, StoredType.I8);
        Files.writeString(directory.resolve(ModelDirectory.PIECES), "pieces");
        Random random = new Random(9);
        try (CpuNetwork network = CpuNetwork.open(ModelDirectory.open(directory), variant, 2, 8);
                CpuDecoding decoding = (CpuDecoding) network.decode(new int[0][])) {
            int[][] sizes = {
                {1, 4, 1},
                {4, 64, 64},
                {5, 65, 63},
                {6, 128, 200},
                {7, 300, 17},
                {16, 256, 64},
                {17, 100, 130},
                {33, 512, 70},
                {129, 70, 65},
                {300, 192, 128}
            };
            for (int[] size : sizes) {
                assertProduct(decoding, random, size[0], size[1], size[2]);
            }
        }
    }

    private static void assertProduct(CpuDecoding decoding, Random random, int rows, int inputs, int outputs) {
        byte[] weights = new byte[outputs * inputs];
        for (int i = 0; i < weights.length; i++) {
            // The ends of the range too: sums of these are what overflows where anything does.
            weights[i] = (byte) (i % 5 == 0 ? (random.nextBoolean() ? 127 : -127) : random.nextInt(255) - 127);
        }
        ByteBuffer stored =
                ByteBuffer.allocateDirect(weights.length).put(weights).flip();
        ByteBuffer scales = ByteBuffer.allocateDirect(4 * outputs).order(ByteOrder.nativeOrder());
        for (int n = 0; n < outputs; n++) {
            scales.putFloat(4 * n, (1 + n) / 1000f);
        }
        float[] x = new float[rows * inputs];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian() * (1 + i / inputs);
        }
        // A row of zeros, and one whose numbers are all the largest.
        Arrays.fill(x, 0, inputs, rows > 2 ? 0 : 1);
        Arrays.fill(x, (rows - 1) * inputs, rows * inputs, -3);
        float[] y = new float[rows * outputs];
        CpuKernels.product(decoding.handle(), 8, rows, inputs, outputs, stored, scales, x, y);
        for (int r = 0; r < rows; r++) {
            float top = 0;
            for (int k = 0; k < inputs; k++) {
                top = Math.max(top, Math.abs(x[r * inputs + k]));
            }
            for (int n = 0; n < outputs; n++) {
                long sum = 0;
                for (int k = 0; k < inputs; k++) {
                    long q = top == 0 ? 0 : (long) Math.rint((double) (x[r * inputs + k] * (127f / top)));
                    sum += q * weights[n * inputs + k];
                }
                double expected = sum * (top / 127.0) * scales.getFloat(4 * n);
                assertThat((double) y[r * outputs + n])
                        .as(rows + " rows, " + inputs + " inputs, row " + r + ", output " + n)
                        .isCloseTo(expected, within(1e-6 + Math.abs(expected) * 1e-5));
            }
        }
    }
}
