package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import dev.dragoman.model.block.Initializers;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.kernel.Kernels;

/** One vector per piece, shared by source, target and, where configured, the softmax. Weight {@code [V, D]}. */
public final class PieceEmbedding extends NetworkBlock {
    private final Parameter weight;

    public PieceEmbedding(Kernels kernels, int vocabularySize, int width) {
        super(kernels);
        weight = parameter("weight", Initializers.uniform(Math.sqrt(3.0 / width)), vocabularySize, width);
    }

    /** Ids {@code [T, B]} (int64) to {@code [T, B, D]}; dropout when training. */
    public NDArray embed(NDArray ids, boolean training) {
        NDArray x = kernels.one("embed", training, ids, weight.getArray());
        return training ? kernels.one("drop", true, x) : x;
    }

    /** The table itself, {@code [V, D]}. */
    public NDArray weight() {
        return weight.getArray();
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        return new NDList(embed(inputs.get(0), training));
    }
}
