package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import dev.dragoman.model.block.Initializers;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import dev.dragoman.model.kernel.Kernels;
import java.util.List;

/**
 * Attention over the encoded source (Shazeer et al. 2017, equations 21 and 22): a softmax over source positions of a score between each
 * position x and the query y, and the mean of the positions under it.
 *
 * <p>Parameters: U {@code [A, D]} for source positions, W {@code [A, D]} for queries, V {@code [A]}. Padding gets weight zero.
 *
 * <p>Of several heads each has an equal part of A for its score and of D for its mean, in order: the context is their means side by side,
 * as in RNMT+ (Chen et al. 2018), and the weights that are reported are the mean over the heads.
 */
public final class SourceAttention extends NetworkBlock {
    private final Parameter u;
    private final Parameter w;
    private final Parameter v;
    private final boolean factorised;

    public SourceAttention(Kernels kernels, Attention configuration, int width) {
        super(kernels);
        int size = configuration.size();
        int heads = kernels.settings().attentionHeads();
        if (configuration.heads() != heads) {
            throw new IllegalArgumentException(
                    "attention.heads must be that of the kernels, " + heads + ", but is " + configuration.heads());
        }
        factorised = configuration.score() == Score.FACTORISED;
        u = parameter("source", Initializers.fanIn(width), size, width);
        w = parameter("query", Initializers.fanIn(width), size, width);
        // In the product form small scores would meet small gradients and alignments start late; with ones it starts as
        // a dot product.
        v = parameter("score", factorised ? Initializer.ONES : Initializers.uniform(1 / Math.sqrt(size)), size);
    }

    /** What of the score depends on the source only: memory {@code [S, B, D]} to keys {@code [B, S, A]}. Once per sentence. */
    public NDArray keys(NDArray memory, boolean training) {
        return kernels.one("attention_keys", training, memory, u.getArray(), flag(memory, factorised));
    }

    /**
     * Attends with every query.
     *
     * @param queries {@code [T, B, D]}
     * @param source the encoded source with its keys
     * @return context {@code [T, B, D]} and weights {@code [B, T, S]}
     */
    public NDList attend(NDArray queries, EncodedSource source, boolean training) {
        if (!training) {
            return kernels.run(
                    queries.getManager(),
                    "attend_serving",
                    queries,
                    source.memory(),
                    source.keys(),
                    source.mask(),
                    w.getArray(),
                    v.getArray(),
                    factorised ? 1L : 0L);
        }
        return kernels.call(
                "attend",
                training,
                queries,
                source.memory(),
                source.keys(),
                source.mask(),
                w.getArray(),
                v.getArray(),
                flag(queries, factorised));
    }

    /**
     * A layer that reads a context beside its input over a whole target {@code [T, B, D]}.
     *
     * @param fed whether it reads at each step the context that its last output attended to, zeros at first, and not the one that its last
     *     output, zeros at first, attends to
     * @return its outputs {@code [T, B, R]} and the contexts {@code [T, B, D]}: where it is fed those attended to by the steps' outputs,
     *     else those that the steps read
     */
    public NDList sequence(NDArray x, EncodedSource source, LstmLayer layer, boolean fed, boolean training) {
        return kernels.call(
                "lstm_with_attention",
                training,
                x,
                source.memory(),
                source.keys(),
                source.mask(),
                w.getArray(),
                v.getArray(),
                flag(x, factorised),
                flag(x, fed),
                layer.weights());
    }

    /** Whether the score is {@link Score#FACTORISED}. */
    boolean isFactorised() {
        return factorised;
    }

    /** W and V: what a step reads beside the keys. */
    List<NDArray> stepWeights() {
        return List.of(w.getArray(), v.getArray());
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        NDArray memory = inputs.get(1);
        return attend(inputs.get(0), new EncodedSource(memory, keys(memory, training), inputs.get(2)), training);
    }
}
