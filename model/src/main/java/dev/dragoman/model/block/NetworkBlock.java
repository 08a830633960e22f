package dev.dragoman.model.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import dev.dragoman.model.kernel.Kernels;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of the network: owns parameters of known shape and calls the kernels that use them.
 *
 * <p>Each subclass has a typed method that says what goes in and out; {@code forward} is the same through DJL's own signature. Blocks
 * hold no state between calls, so an opened network may serve many threads.
 */
public abstract class NetworkBlock extends AbstractBlock {
    protected final Kernels kernels;

    protected NetworkBlock(Kernels kernels) {
        this.kernels = kernels;
    }

    protected final Parameter parameter(String name, Initializer initializer, long... shape) {
        return addParameter(Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.OTHER)
                .optShape(new Shape(shape))
                .optInitializer(initializer)
                .build());
    }

    /** Parameters of this block and of its children by path, for example {@code encoder.layer1.forward.input}. */
    public final Map<String, Parameter> namedParameters() {
        Map<String, Parameter> result = new LinkedHashMap<>();
        collect("", this, result);
        return result;
    }

    private static void collect(String path, Block block, Map<String, Parameter> into) {
        for (Pair<String, Parameter> own : block.getDirectParameters()) {
            into.put(path + own.getKey(), own.getValue());
        }
        for (Pair<String, Block> child : block.getChildren()) {
            // DJL puts a two-digit number before the name that a child was added under.
            collect(path + child.getKey().substring(2) + ".", child.getValue(), into);
        }
    }

    /** For blocks whose gradient is not the engine's alone: {@code forward} has no place for a tape. */
    protected static void refuseTraining(boolean training) {
        if (training) {
            throw new UnsupportedOperationException("this block trains by its own methods, which take a tape");
        }
    }

    /** What {@code forward} does, on DJL's lists. */
    protected abstract NDList forward(NDList inputs, boolean training);

    @Override
    protected final NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            @Nullable PairList<String, Object> parameters) {
        return forward(inputs, training);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0]};
    }

    /** A number that kernels take as a tensor: the recording call passes nothing else. */
    protected static NDArray flag(NDArray like, boolean value) {
        return like.getManager().create(value ? 1f : 0f);
    }
}
