package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.block.Initializers;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertStack;
import dev.dragoman.model.mixture.MixtureOfExperts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The target side: a stack of LSTM layers over the target so far, the first of which supplies the attention's query.
 *
 * <p>In the {@link Form#RECURRENT} form (Shazeer et al. 2017, appendix E; GNMT) the first layer reads, beside its input, the context
 * attended from its own previous output; the layers above see the context through it. In the {@link Form#PARALLEL} form the context of
 * a step, multiplied by a matrix {@code [D, D]}, is added to the first layer's output of the same step, which is what all layers above
 * read. In both, everything above the first layer works on all time steps of a batch at once when training, the mixture layers
 * included.
 */
public final class Decoder extends NetworkBlock {
    private final SourceAttention attention;
    private final @Nullable Parameter contextWeight;
    private final LayerStack stack;

    public Decoder(Kernels kernels, NetworkConfiguration configuration) {
        super(kernels);
        int width = configuration.width();
        int cells = configuration.lstmCells();
        boolean parallel = configuration.attention().form() == Form.PARALLEL;
        attention = addChildBlock("attention", new SourceAttention(kernels, configuration.attention(), width));
        contextWeight = parallel ? parameter("context", Initializers.fanIn(width), width, width) : null;
        List<@Nullable LstmLayer> layers = new ArrayList<>();
        List<@Nullable MixtureOfExperts> mixtures = new ArrayList<>();
        for (int layer = 1; layer <= configuration.decoderLayers(); layer++) {
            int inputs = layer == 1 && !parallel ? 2 * width : width;
            layers.add(addChildBlock("layer" + layer, new LstmLayer(kernels, inputs, cells, width)));
            mixtures.add(
                    configuration.mixture().decoderAfter().contains(layer)
                            ? addChildBlock(
                                    "mixture" + layer, new MixtureOfExperts(kernels, configuration.mixture(), width))
                            : null);
        }
        stack = new LayerStack(kernels, "decoder", layers, mixtures, configuration.residualFrom());
    }

    /** Prepares the memory {@code [S, B, D]} for attention; once per batch of sentences. */
    public EncodedSource attendTo(NDArray memory, NDArray mask, boolean training) {
        return new EncodedSource(memory, attention.keys(memory, training), mask);
    }

    /**
     * Teacher forcing: embedded target inputs {@code [T, B, D]} to top outputs {@code [T, B, D]}.
     *
     * @param rows {@code [N]} flat indices of the target's real positions
     * @param training null for serving
     */
    public NDArray decode(NDArray embedded, EncodedSource source, NDArray rows, @Nullable TrainingPass training) {
        boolean recording = training != null;
        return Segment.run(segments(x -> first(x, source, recording), rows, recording), embedded, training);
    }

    /**
     * The same, layer by layer.
     *
     * @param first leads to what {@link #first} gives, from whatever the first segment is to read
     */
    public List<Segment> segments(UnaryOperator<NDArray> first, NDArray rows, boolean training) {
        List<Segment> segments = new ArrayList<>();
        segments.add(new Segment(stack, 1, first, rows));
        segments.addAll(stack.segments(2, rows, training));
        return segments;
    }

    /** The first layer, with attention: {@code [T, B, D]} to the same. */
    public NDArray first(NDArray embedded, EncodedSource source, boolean training) {
        if (contextWeight == null) {
            NDArray y = attention.sequence(embedded, source, stack.lstm(1), training);
            return stack.finishLstm(1, y, embedded, training);
        }
        NDArray y = stack.lstm(1).sequence(embedded, training);
        NDArray query = stack.finishLstm(1, y, embedded, training);
        NDArray context = attention.attend(query, source, training).get(0);
        return kernels.one("add_projected", training, query, context, contextWeight.getArray());
    }

    /** The state before the first token: output {@code [N, R]} and cells {@code [N, C]} of every layer, bottom to top, all zero. */
    public NDList initialState(NDManager manager, long rows) {
        NDList state = new NDList();
        for (int layer = 1; layer <= stack.size(); layer++) {
            state.add(manager.zeros(new Shape(rows, stack.lstm(layer).outputs())));
            state.add(manager.zeros(new Shape(rows, stack.lstm(layer).cells())));
        }
        return state;
    }

    /**
     * One step for each row.
     *
     * @param top outputs of the top layer {@code [N, D]}
     * @param state the new state
     * @param attention weights over the source {@code [N, S]}
     */
    public record Step(NDArray top, NDList state, NDArray attention) {}

    /**
     * One step.
     *
     * @param embedded last tokens {@code [1, N, D]}
     * @param source one sentence per row: memory {@code [S, N, D]}, keys {@code [N, S, A]}, mask {@code [N, S]}
     * @param state of every row, as {@link #initialState} or the last step gave it
     */
    public Step step(NDArray embedded, EncodedSource source, NDList state) {
        NDArray input = embedded.squeeze(0);
        NDList next = new NDList(state.size());
        NDArray x;
        NDArray weights;
        if (contextWeight == null) {
            NDList attended = attention.attend(state.get(0).expandDims(0), source, false);
            NDArray context = attended.get(0).squeeze(0);
            weights = attended.get(1);
            NDList stepped = stack.lstm(1).step(input.concat(context, 1), state.get(0), state.get(1));
            next.addAll(stepped);
            x = stack.finishLstmStep(1, stepped.get(0), input);
        } else {
            NDList stepped = stack.lstm(1).step(input, state.get(0), state.get(1));
            next.addAll(stepped);
            NDArray query = stack.finishLstmStep(1, stepped.get(0), input);
            NDList attended = attention.attend(query.expandDims(0), source, false);
            weights = attended.get(1);
            x = kernels.one("add_projected", false, query, attended.get(0).squeeze(0), contextWeight.getArray());
        }
        x = stack.finishMixtureStep(1, x);
        for (int layer = 2; layer <= stack.size(); layer++) {
            int at = 2 * (layer - 1);
            NDList stepped = stack.lstm(layer).step(x, state.get(at), state.get(at + 1));
            next.addAll(stepped);
            x = stack.finishMixtureStep(layer, stack.finishLstmStep(layer, stepped.get(0), x));
        }
        return new Step(x, next, weights.squeeze(1));
    }

    /** The experts' stacks of all mixture layers, by the paths of their parameters within the whole network. */
    public Map<String, ExpertStack> expertStacks() {
        return stack.expertStacks();
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        refuseTraining(training);
        EncodedSource source = attendTo(inputs.get(2), inputs.get(3), false);
        return new NDList(decode(inputs.get(0), source, inputs.get(1), null));
    }
}
