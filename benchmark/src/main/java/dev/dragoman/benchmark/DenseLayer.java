package dev.dragoman.benchmark;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.block.GradientTape;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;

/**
 * What a mixture layer is held against: {@code relu(x A^T) B^T} with one expert as large as all those together that a row visits, so that
 * every row costs the same operations; the engine's plain products, and its own gradients.
 */
final class DenseLayer implements AutoCloseable {
    private final NDManager manager = ComputeDevice.newManager();
    private final Kernels kernels;
    private final NDArray x;
    private final NDArray target;
    private final NDArray hidden;
    private final NDArray output;

    /**
     * Makes the layer.
     *
     * @param rows N
     */
    DenseLayer(int width, int hidden, Precision precision, int rows) {
        kernels = Kernels.load(new KernelSettings(precision.compute(), 0, 1, 0));
        x = RandomRows.of(kernels, manager, precision, 1, rows, width);
        target = manager.randomNormal(new Shape(rows, width));
        this.hidden = RandomRows.of(kernels, manager, precision, Math.sqrt(1.0 / width), hidden, width);
        output = RandomRows.of(kernels, manager, precision, Math.sqrt(1.0 / hidden), width, hidden);
    }

    /** Forward and backward, from rows to the gradients of rows and weights. */
    void step() {
        try (NDManager scratch = manager.newSubManager();
                GradientCollector ignored = Engine.getInstance().newGradientCollector()) {
            NDArray input = leaf(x, scratch);
            NDArray y = forward(input, leaf(hidden, scratch), leaf(output, scratch));
            NDArray loss = kernels.one("widen", true, y).mul(target).sum();
            GradientTape.backward(loss, loss.onesLike());
        }
    }

    private static NDArray leaf(NDArray array, NDManager scratch) {
        NDArray leaf = GradientTape.leaf(array);
        leaf.attach(scratch);
        return leaf;
    }

    /** Forward only. */
    void serve() {
        try (NDManager scratch = manager.newSubManager()) {
            NDArray input = x.duplicate();
            input.attach(scratch);
            forward(input, hidden, output);
        }
    }

    private static NDArray forward(NDArray x, NDArray hidden, NDArray output) {
        NDArray h = x.matMul(hidden.transpose());
        return h.getNDArrayInternal().relu().matMul(output.transpose());
    }

    @Override
    public void close() {
        manager.close();
        kernels.close();
    }
}
