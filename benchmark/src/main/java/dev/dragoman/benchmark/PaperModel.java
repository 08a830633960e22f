package dev.dragoman.benchmark;

import ai.djl.nn.Parameter;
import dev.dragoman.model.TranslationNetwork;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.TensorSource;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Compute;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A model with the layers of Shazeer et al. 2017, appendix E, and random weights in 8 bits. */
final class PaperModel {
    static final int WIDTH = 512;
    static final int CELLS = 2048;
    static final int HIDDEN = 2048;
    static final int PER_ROW = 4;
    private static final double ENCODER_INPUTS = 3 * 4.0 * CELLS * WIDTH;
    /** State and projection of two layers and of the two halves of the bottom one. */
    private static final double ENCODER_RECURS = 2.5 * (4.0 * CELLS * WIDTH + (double) CELLS * WIDTH);

    private static final int MATRIX = 2;
    private static final int STACK = 3;

    private PaperModel() {}

    /** As {@link #write(Path, Path, Form, int, int, boolean)}, with the vocabulary of {@code like} and one table of pieces. */
    static double write(Path directory, Path like, Form form, int experts) throws IOException {
        int vocabulary = ModelDirectory.open(like).configuration().network().vocabularySize();
        return write(directory, like, form, experts, vocabulary, true);
    }

    /**
     * Writes the model.
     *
     * @param like a model directory whose languages and pieces are used
     * @param experts of each of the two mixture layers
     * @param sharedSoftmax whether the softmax has the embedding as its weight
     * @return bytes of the experts
     */
    static double write(Path directory, Path like, Form form, int experts, int vocabulary, boolean sharedSoftmax)
            throws IOException {
        ModelConfiguration model = ModelDirectory.open(like).configuration();
        NetworkConfiguration network = new NetworkConfiguration(
                vocabulary,
                WIDTH,
                CELLS,
                3,
                2,
                true,
                1,
                new Attention(form, Score.FACTORISED, WIDTH),
                new Mixture(experts, PER_ROW, HIDDEN, List.of(2), List.of(1), 0, 0, 0, false),
                sharedSoftmax,
                0,
                model.network().maximumLength());
        double needed = 2.0 * experts * 2 * WIDTH * HIDDEN * 1.1;
        if (Files.getFileStore(directory).getUsableSpace() < needed) {
            throw new BenchmarkException("the model needs " + Figures.gigabytes(needed) + " GB below " + directory
                    + ", but less is free there; --output names another place");
        }
        ModelDirectory.writeConfiguration(
                directory,
                new ModelConfiguration(
                        ModelConfiguration.FORMAT,
                        "paper",
                        model.padId(),
                        model.bosId(),
                        model.eosId(),
                        model.directions(),
                        network));
        Files.copy(like.resolve(ModelDirectory.PIECES), directory.resolve(ModelDirectory.PIECES));
        List<TensorSource> tensors = new ArrayList<>();
        double expertBytes = 0;
        try (TranslationNetwork shapes = TranslationNetwork.of(network, Compute.FLOAT32)) {
            for (Map.Entry<String, Parameter> parameter :
                    shapes.namedParameters().entrySet()) {
                long[] shape = parameter.getValue().getShape().getShape();
                StoredType type = shape.length < MATRIX ? StoredType.F32 : StoredType.I8;
                double deviation = deviation(parameter.getKey(), shape);
                List<TensorSource> stored = RandomTensor.of(parameter.getKey(), type, deviation, shape);
                if (shape.length == STACK) {
                    expertBytes +=
                            stored.stream().mapToLong(TensorSource::bytes).sum();
                }
                tensors.addAll(stored);
            }
        }
        WeightFiles.write(directory.resolve(ModelDirectory.WEIGHTS), tensors, WeightFiles.DEFAULT_LIMIT);
        return expertBytes;
    }

    /** So that rows differ as much as pieces do, and with them the experts that they choose. */
    private static double deviation(String name, long[] shape) {
        if (name.startsWith("embedding")) {
            return 1;
        }
        return shape.length < MATRIX ? 0.01 : Math.sqrt(1.0 / shape[shape.length - 1]);
    }

    /** Multiply-adds of a decoder step of one row, attention left out. */
    static double multiplyAdds(int vocabulary, int experts) {
        return decoderBytes(vocabulary, experts) + 2.0 * PER_ROW * WIDTH * HIDDEN;
    }

    /** Bytes in 8 bits that each decoder step reads whatever rows choose: LSTM layers, query, softmax and, in 32 bits, the gate. */
    static double decoderBytes(int vocabulary, int experts) {
        double lstm = 4.0 * CELLS * (2 * WIDTH + WIDTH) + 4.0 * CELLS * (WIDTH + WIDTH) + 2.0 * CELLS * WIDTH;
        return lstm + (double) WIDTH * WIDTH + (double) vocabulary * WIDTH + 4.0 * WIDTH * experts;
    }

    /**
     * Bytes in 8 bits that the encoder reads of one sentence: the inputs' weights and the chosen experts once, since all positions are there at
     * once; what recurs, projections included, for each of them. The bottom layer reads both ways, in halves.
     */
    static double encoderBytes(int experts, int tokens) {
        return ENCODER_INPUTS + tokens * ENCODER_RECURS + expertBytes(experts, tokens) + 2.0 * WIDTH * WIDTH;
    }

    /** Multiply-adds of the encoder for one position, the attention's keys included. */
    static double encoderMultiplyAdds(int experts) {
        return ENCODER_INPUTS
                + ENCODER_RECURS
                + 2.0 * PER_ROW * WIDTH * HIDDEN
                + (double) WIDTH * experts
                + (double) WIDTH * WIDTH;
    }

    /** Bytes of the experts that so many rows choose if they choose independently. */
    static double expertBytes(int experts, int rows) {
        return experts * (1 - Math.pow(1 - (double) PER_ROW / experts, rows)) * 2 * WIDTH * HIDDEN;
    }
}
