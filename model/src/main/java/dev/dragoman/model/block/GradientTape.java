package dev.dragoman.model.block;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The backward pass of a network whose graph is cut where a layer brings a gradient of its own.
 *
 * <p>On the way forward such a layer takes a {@link #leaf} of its input, so that nothing above it reaches what is below, and leaves a step.
 * On the way back the engine goes from the loss down to the leaves, and the steps run in reverse order, each carrying the gradient over
 * its cut and on into the graph below.
 *
 * <p>For one batch and one thread; arrays belong to whoever made them.
 */
public final class GradientTape {
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final double share;

    /** Of a loss that is minimised by itself. */
    public GradientTape() {
        this(1);
    }

    /**
     * Of a loss that is a part of what is minimised.
     *
     * @param share what the loss and every other part of it are multiplied by
     */
    public GradientTape(double share) {
        this.share = share;
    }

    /** The slope of what is minimised at this loss: what layers multiply gradients of their own terms of the loss by. */
    public double share() {
        return share;
    }

    /** The same values, from which the graph starts anew and where its gradient ends. Belongs to the manager of {@code x}. */
    public static NDArray leaf(NDArray x) {
        NDArray leaf = x.stopGradient();
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /** A leaf of what a kernel computed without recording: a copy, since the engine takes no gradient of such arrays. */
    public static NDArray leafOfUnrecorded(NDArray x) {
        NDArray leaf = x.duplicate();
        leaf.setRequiresGradient(true);
        return leaf;
    }

    /** Adds what has to be done when the gradient has come down to the leaves made last. */
    public void onBackward(Runnable step) {
        steps.push(step);
    }

    /** Runs the backward pass from the loss, a scalar. */
    public void backward(NDArray loss) {
        backward(loss, 1);
    }

    /**
     * Runs the backward pass from a scalar.
     *
     * @param slope of the loss at this scalar
     */
    public void backward(NDArray scalar, double slope) {
        backwardFrom(scalar, slope);
        while (!steps.isEmpty()) {
            steps.pop().run();
        }
    }

    /** The engine's part of {@link #backward(NDArray, double)}, for a loss in several arrays: of all but the last of them. */
    public void backwardFrom(NDArray scalar, double slope) {
        backward(scalar, filled(scalar, slope * share));
    }

    /**
     * An array as {@code like} with one value everywhere. Arithmetic of an array with a number does not do where gradients are recorded:
     * the engine then remembers the number where it lies, in memory of Java's that is freed before the gradient is taken.
     */
    public static NDArray filled(NDArray like, double value) {
        NDArray number = like.getManager().create(value);
        return like.onesLike().mul(number.toType(like.getDataType(), false));
    }

    /** Lets the engine go on from {@code target}, whose gradient has become known. */
    public static void backward(NDArray target, NDArray gradient) {
        JniUtils.backward((PtNDArray) target, (PtNDArray) gradient, false, false);
    }
}
