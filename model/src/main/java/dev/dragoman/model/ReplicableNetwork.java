package dev.dragoman.model;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.layer.ForwardPass;

/** A network of which several copies can go through the parts of a batch in step, see {@link ReplicatedNetwork}. */
interface ReplicableNetwork extends TrainableNetwork {
    /**
     * The way of a batch through the network.
     *
     * @param manager owns the arrays, on the network's device
     * @param smoothing label smoothing, 0 disables
     * @param recording whether gradients are wanted, and dropout and noise with them
     */
    ForwardPass forwardPass(NDManager manager, TokenBatch batch, double smoothing, boolean recording);
}
