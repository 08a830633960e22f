package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import dev.dragoman.model.block.Initializers;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * One LSTM layer of C cells, its output projected to R numbers where R differs from C; the projection is also the recurrent input.
 *
 * <p>Parameters: input {@code [4C, I]}, recurrent {@code [4C, R]}, bias {@code [4C]} in the order input gate, forget gate, cell, output
 * gate, and projection {@code [R, C]} where projected.
 *
 * <p>Where the gates are normalised (Ba et al. 2016; Chen et al. 2018), what input and state make of each of the four is brought to mean 0
 * and variance 1 over its cells, multiplied by a gain and added to the bias before its sigmoid or tanh; gain {@code [4C]} is a parameter
 * more. The cells themselves are not normalised. The engine has no such layer in one piece, so its steps are issued one by one, but for
 * the input's product, which is taken of all steps at once.
 */
public final class LstmLayer extends NetworkBlock {
    private final List<Parameter> weights = new ArrayList<>();
    private final int cells;
    private final int outputs;

    /** A plain one. */
    public LstmLayer(Kernels kernels, int inputs, int cells, int outputs) {
        this(kernels, inputs, cells, outputs, false);
    }

    /**
     * @param normalised whether the gates are
     */
    public LstmLayer(Kernels kernels, int inputs, int cells, int outputs, boolean normalised) {
        super(kernels);
        this.cells = cells;
        this.outputs = outputs;
        double bound = 1 / Math.sqrt(cells);
        weights.add(parameter("input", Initializers.uniform(bound), 4L * cells, inputs));
        weights.add(parameter("recurrent", Initializers.uniform(bound), 4L * cells, outputs));
        weights.add(parameter("bias", Initializers.lstmBias(cells), 4L * cells));
        if (normalised) {
            weights.add(parameter("gain", Initializer.ONES, 4L * cells));
        }
        if (outputs != cells) {
            weights.add(parameter("projection", Initializers.fanIn(cells), outputs, cells));
        }
    }

    /** {@code [T, B, I]} to {@code [T, B, R]}, from a zero state. */
    public NDArray sequence(NDArray x, boolean training) {
        return kernels.one("lstm", training, x, weights());
    }

    /**
     * One step: x {@code [N, I]}, state output {@code [N, R]} and cells {@code [N, C]}.
     *
     * @return the new output and cells
     */
    public NDList step(NDArray x, NDArray output, NDArray cell) {
        return kernels.call("lstm_step", false, x, weights(), output, cell);
    }

    /** C. */
    public int cells() {
        return cells;
    }

    /** R. */
    public int outputs() {
        return outputs;
    }

    List<NDArray> weights() {
        List<NDArray> arrays = new ArrayList<>(weights.size());
        for (Parameter weight : weights) {
            arrays.add(weight.getArray());
        }
        return arrays;
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        return new NDList(sequence(inputs.get(0), training));
    }
}
