package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import dev.dragoman.model.block.Initializers;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.kernel.Kernels;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The softmax over the vocabulary: a weight {@code [V, D]}, its own or the embedding's, and a bias {@code [V]}. */
public final class OutputSoftmax extends NetworkBlock {
    private final @Nullable Parameter own;
    private final PieceEmbedding embedding;
    private final Parameter bias;

    public OutputSoftmax(Kernels kernels, PieceEmbedding embedding, boolean shared, int vocabularySize, int width) {
        super(kernels);
        this.embedding = embedding;
        own = shared ? null : parameter("weight", Initializers.fanIn(width), vocabularySize, width);
        bias = parameter("bias", Initializer.ZEROS, vocabularySize);
    }

    /**
     * The loss of a batch.
     *
     * @param total label-smoothed cross-entropy, summed over rows, scalar
     * @param logLikelihood negative log-likelihood of the targets, summed over rows, scalar, without gradient
     */
    public record Loss(NDArray total, NDArray logLikelihood) {}

    /**
     * Cross-entropy against targets smoothed towards the uniform distribution.
     *
     * @param x {@code [T, B, D]}
     * @param rows {@code [N]} flat indices of real positions
     * @param targets {@code [N]} ids
     * @param smoothing probability mass given to all pieces alike; 0 disables
     */
    public Loss loss(NDArray x, NDArray rows, NDArray targets, double smoothing, boolean training) {
        NDList result = kernels.call(
                "cross_entropy",
                training,
                x,
                rows,
                targets,
                weight(),
                bias.getArray(),
                x.getManager().create((float) smoothing));
        return new Loss(result.get(0), result.get(1));
    }

    /** The {@code count} best log-probabilities {@code [N, count]} and their ids, of rows {@code [N, D]}. */
    public NDList best(NDArray x, int count) {
        return kernels.run(x.getManager(), "best", x, weight(), bias.getArray(), (long) count);
    }

    /** Weight and bias. */
    public List<NDArray> weights() {
        return List.of(weight(), bias.getArray());
    }

    private NDArray weight() {
        return own == null ? embedding.weight() : own.getArray();
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        Loss loss = loss(inputs.get(0), inputs.get(1), inputs.get(2), 0, training);
        return new NDList(loss.total(), loss.logLikelihood());
    }
}
