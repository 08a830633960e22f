package dev.dragoman.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.StoredTensor;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomModelsTest {
    private static final int[][] SOURCES = {{4, 5, 6, 7, TinyModels.EOS}, {8, TinyModels.EOS}};

    @TempDir
    Path directory;

    /** 4,096 experts in 64 groups. */
    private static ModelConfiguration configuration() {
        Mixture mixture =
                new Mixture(4096, 2, 16, List.of(1), List.of(1), 0, 0, 0, false, new Gating(GateKind.NOISY_TOP_K, 64));
        return TinyModels.configuration(new NetworkConfiguration(
                40, 32, 32, 2, 2, true, 1, new Attention(Form.PARALLEL, Score.FACTORISED, 16), mixture, true, 0, 50));
    }

    @Test
    void write_inSlices_makesAModelThatOpensAndUsesItsExperts() throws IOException {
        RandomModels.write(directory, configuration(), 7, 1000);
        Files.writeString(directory.resolve(ModelDirectory.PIECES), "pieces");
        StoredTensor stack = ModelDirectory.open(directory).weights().find("decoder.mixture1.hidden");
        assertThat(stack.type()).isEqualTo(StoredType.I8);
        assertThat(stack.shape()).containsExactly(4096, 16, 32);
        ByteBuffer bytes = stack.map();
        double squares = 0;
        while (bytes.hasRemaining()) {
            squares += Math.pow(bytes.get(), 2);
        }
        // Uniform from -127 to 127.
        assertThat(squares / stack.elements()).isBetween(127 * 127 / 3.0 * 0.99, 127 * 127 / 3.0 * 1.03);
        try (TranslationModel model = TranslationModel.open(directory);
                Decoding decoding = model.decode(SOURCES)) {
            decoding.step(new int[] {TinyModels.BOS, TinyModels.BOS}, 3, false);
            // Two groups for each row, and two experts in each.
            assertThat(model.expertUsage().get("encoder.mixture1").balance().rows())
                    .isEqualTo(7 * 4);
            assertThat(model.expertUsage().get("decoder.mixture1").balance().rows())
                    .isEqualTo(2 * 4);
        }
    }

    @Test
    void write_sameSeed_givesTheSameWeights_anotherSeedOthers() throws IOException {
        float[][] gates = new float[3][];
        for (int i = 0; i < 3; i++) {
            RandomModels.write(directory, configuration(), i / 2);
            Files.writeString(directory.resolve(ModelDirectory.PIECES), "pieces");
            FloatBuffer values = ModelDirectory.open(directory)
                    .weights()
                    .find("decoder.mixture1.groupGate")
                    .map()
                    .asFloatBuffer();
            gates[i] = new float[values.remaining()];
            values.get(gates[i]);
        }
        assertThat(gates[1]).isEqualTo(gates[0]).isNotEqualTo(gates[2]);
    }
}
