package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.kernel.Kernels;

/**
 * A forward and a backward LSTM over the same input, outputs concatenated (GNMT's bottom encoder layer).
 *
 * <p>The backward layer reads each sentence from its own last token, so padding changes nothing.
 */
public final class BidirectionalLstmLayer extends NetworkBlock {
    private final LstmLayer ahead;
    private final LstmLayer back;

    /** Each direction has {@code cells / 2} cells and {@code outputs / 2} outputs. */
    public BidirectionalLstmLayer(Kernels kernels, int inputs, int cells, int outputs) {
        super(kernels);
        ahead = addChildBlock("forward", new LstmLayer(kernels, inputs, cells / 2, outputs / 2));
        back = addChildBlock("backward", new LstmLayer(kernels, inputs, cells / 2, outputs / 2));
    }

    /** {@code [T, B, I]} to {@code [T, B, R]}; {@code reversal [T * B]} mirrors each position within its sentence. */
    public NDArray sequence(NDArray x, NDArray reversal, boolean training) {
        return kernels.one("lstm_both_ways", training, x, reversal, ahead.weights(), back.weights());
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        return new NDList(sequence(inputs.get(0), inputs.get(1), training));
    }
}
