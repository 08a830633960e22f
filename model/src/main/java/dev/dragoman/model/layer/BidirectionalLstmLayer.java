package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.configuration.NetworkConfiguration.Join;
import dev.dragoman.model.kernel.Kernels;

/**
 * A forward and a backward LSTM over the same input, whose outputs are concatenated (GNMT's bottom encoder layer) or added.
 *
 * <p>The backward layer reads each sentence from its own last token, so padding changes nothing.
 */
public final class BidirectionalLstmLayer extends NetworkBlock {
    private final LstmLayer ahead;
    private final LstmLayer back;
    private final String kernel;

    /**
     * @param cells C of both together where they are joined in halves, else of each
     * @param outputs likewise R
     * @param normalised whether the gates are
     */
    public BidirectionalLstmLayer(Kernels kernels, int inputs, int cells, int outputs, Join join, boolean normalised) {
        super(kernels);
        int parts = join == Join.HALVES ? 2 : 1;
        ahead = addChildBlock("forward", new LstmLayer(kernels, inputs, cells / parts, outputs / parts, normalised));
        back = addChildBlock("backward", new LstmLayer(kernels, inputs, cells / parts, outputs / parts, normalised));
        kernel = join == Join.SUMMED ? "lstm_both_ways_summed" : "lstm_both_ways";
    }

    /**
     * {@code [T, B, I]} to {@code [T, B, R]}, or {@code [T, B, 2R]} where both have all of R and are concatenated, the forward layer's
     * first; {@code reversal [T * B]} mirrors each position within its sentence.
     */
    public NDArray sequence(NDArray x, NDArray reversal, boolean training) {
        return kernels.one(kernel, training, x, reversal, ahead.weights(), back.weights());
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        return new NDList(sequence(inputs.get(0), inputs.get(1), training));
    }
}
