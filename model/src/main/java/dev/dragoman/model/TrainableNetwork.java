package dev.dragoman.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import dev.dragoman.model.configuration.LanguageModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertStack;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a trainer needs of a network: its parameters, and the loss of a batch with or without gradients.
 *
 * <p>Owns its kernels; {@link #close} frees them and the parameters.
 */
public interface TrainableNetwork extends AutoCloseable {
    /**
     * A language model without values, {@link LanguageModel} on one device or {@link ReplicatedNetwork} over several.
     *
     * @param devices at least one; they may repeat
     */
    static TrainableNetwork of(LanguageModelConfiguration configuration, Compute compute, List<Device> devices) {
        return devices.size() == 1
                ? LanguageModel.of(configuration, compute, devices.get(0))
                : ReplicatedNetwork.of(configuration, compute, devices);
    }

    /**
     * A translation network without values, {@link TranslationNetwork} on one device or {@link ReplicatedNetwork} over several.
     *
     * @param devices at least one; they may repeat
     */
    static TrainableNetwork of(NetworkConfiguration configuration, Compute compute, List<Device> devices) {
        return devices.size() == 1
                ? TranslationNetwork.of(configuration, compute, devices.get(0))
                : ReplicatedNetwork.of(configuration, compute, devices);
    }

    /** The arithmetic, for optimisers. */
    Kernels kernels();

    /** Where it is, the first one if it is over several: the device of the managers that its methods take. */
    default Device device() {
        return kernels().device();
    }

    /** Every parameter by its path, the experts' stacks included. */
    Map<String, Parameter> namedParameters();

    /**
     * The parameters that are stacks of experts, {@code [E, out, in]}, each with what a sparse optimiser needs to know of it. Their
     * gradients are not with the arrays, as those of all other parameters are, but here.
     */
    Map<String, ExpertStack> expertStacks();

    /**
     * Gives every parameter its random start, from the engine's random stream.
     *
     * @param expertType element type of the experts' stacks, float32 or bfloat16; all other parameters are float32
     */
    void initialize(NDManager manager, DataType expertType);

    /** {@link #initialize(NDManager, DataType)} with all parameters in float32. */
    default void initialize(NDManager manager) {
        initialize(manager, DataType.FLOAT32);
    }

    /**
     * Loss and gradient of a batch: adds the gradient to what the parameters hold.
     *
     * @param scratch owns what the computation needs; the caller closes it
     * @param smoothing label smoothing, 0 disables
     * @param share what the gradient is multiplied by: 1 for a batch that makes an update by itself; of several that make one together,
     *     each one's part of their tokens, which gives the gradient of the mean over all tokens. (Balance losses are of each batch by itself.)
     * @return the loss of the batch, whatever its share
     */
    BatchLoss train(NDManager scratch, TokenBatch batch, double smoothing, double share);

    /** {@link #train(NDManager, TokenBatch, double, double)} of a batch that makes an update by itself. */
    default BatchLoss train(NDManager scratch, TokenBatch batch, double smoothing) {
        return train(scratch, batch, smoothing, 1);
    }

    /** The loss of a batch as serving would compute it: no dropout, no noise, no gradient. */
    BatchLoss evaluate(NDManager scratch, TokenBatch batch);

    @Override
    void close();

    /** The gradient of a parameter, whichever way it is kept; an array of the network's, not to be closed. */
    default NDArray gradient(String name) {
        ExpertStack stack = expertStacks().get(name);
        return stack == null
                ? Objects.requireNonNull(namedParameters().get(name), name)
                        .getArray()
                        .getGradient()
                : stack.gradient();
    }
}
