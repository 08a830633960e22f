package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.block.GradientTape;
import dev.dragoman.model.block.Initializers;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.ContextTo;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertStack;
import dev.dragoman.model.mixture.GatheredMixture;
import dev.dragoman.model.mixture.MixtureOfExperts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The target side: a stack of LSTM layers over the target so far, the first of which supplies the attention's query.
 *
 * <p>In the {@link Form#RECURRENT} form (Shazeer et al. 2017, appendix E; GNMT) the first layer reads, beside its input, the context
 * attended from its own previous output; the layers above see the context through it. In the {@link Form#PARALLEL} form the context of
 * a step, multiplied by a matrix {@code [D, D]}, is added to the first layer's output of the same step, which is what all layers above
 * read. In both, everything above the first layer works on all time steps of a batch at once when training, the mixture layers
 * included. In the {@link Form#INPUT_FEEDING} form the first layer attends with its output, for the layers above, and reads the same context
 * at its next step.
 *
 * <p>Where the layers above the first read the context themselves ({@link ContextTo}), it is beside what they read, {@code [x; context]}, and
 * in the parallel form not added to it; where the softmax does, it is beside the top output.
 */
public final class Decoder extends NetworkBlock {
    private final SourceAttention attention;
    private final @Nullable Parameter contextWeight;
    private final LayerStack stack;
    private final Form form;
    private final ContextTo contextTo;
    private final int width;

    public Decoder(Kernels kernels, NetworkConfiguration configuration) {
        super(kernels);
        width = configuration.width();
        form = configuration.attention().form();
        contextTo = configuration.attention().contextTo();
        int cells = configuration.lstmCells();
        boolean added = form == Form.PARALLEL && !contextTo.layers();
        attention = addChildBlock("attention", new SourceAttention(kernels, configuration.attention(), width));
        contextWeight = added ? parameter("context", Initializers.fanIn(width), width, width) : null;
        List<@Nullable LstmLayer> layers = new ArrayList<>();
        List<@Nullable MixtureOfExperts> mixtures = new ArrayList<>();
        for (int layer = 1; layer <= configuration.decoderLayers(); layer++) {
            boolean reads = layer == 1 ? form != Form.PARALLEL : contextTo.layers();
            layers.add(addChildBlock(
                    "layer" + layer,
                    new LstmLayer(
                            kernels, reads ? 2 * width : width, cells, width, configuration.layerNormalisation())));
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
     * Teacher forcing: embedded target inputs {@code [T, B, D]} to top outputs {@code [T, B, D]}, or {@code [T, B, 2D]} where the softmax
     * reads the context.
     *
     * @param rows {@code [N]} flat indices of the target's real positions
     * @param training null for serving
     */
    public NDArray decode(NDArray embedded, EncodedSource source, NDArray rows, @Nullable TrainingPass training) {
        Pass pass = pass(x -> new Inputs(x, source), rows, training != null);
        return pass.top(Segment.run(pass.segments(), embedded, training));
    }

    /**
     * What the first layer works on.
     *
     * @param embedded target inputs {@code [T, B, D]}
     * @param source what it attends to
     */
    public record Inputs(NDArray embedded, EncodedSource source) {}

    /**
     * The way of a batch through the decoder, layer by layer.
     *
     * @param inputs of the first layer, from what the first segment is to read
     * @param rows {@code [N]} flat indices of the target's real positions
     * @param training whether gradients are recorded
     */
    public Pass pass(Function<NDArray, Inputs> inputs, NDArray rows, boolean training) {
        return new Pass(inputs, rows, training);
    }

    /** A batch on its way; to be gone once. */
    public final class Pass {
        private final Function<NDArray, Inputs> inputs;
        private final NDArray rows;
        private final boolean recording;
        /** Of all steps {@code [T, B, D]}, when the first segment has been gone and anything above reads it. */
        private @Nullable NDArray context;

        private Pass(Function<NDArray, Inputs> inputs, NDArray rows, boolean recording) {
            this.inputs = inputs;
            this.rows = rows;
            this.recording = recording;
        }

        /** From what the inputs are made of to what {@link #top} reads. */
        public List<Segment> segments() {
            List<Segment> segments = new ArrayList<>();
            segments.add(new Segment(stack, 1, this::first, rows));
            segments.addAll(stack.segments(2, rows, recording, contextTo.layers() ? this::beside : x -> x));
            return segments;
        }

        /** What the softmax reads. */
        public NDArray top(NDArray x) {
            return contextTo.softmax() ? beside(x) : x;
        }

        private NDArray first(NDArray x, @Nullable TrainingPass training) {
            Inputs read = inputs.apply(x);
            NDArray embedded = read.embedded();
            if (form != Form.PARALLEL) {
                NDList both = attention.sequence(
                        embedded, read.source(), stack.lstm(1), form == Form.INPUT_FEEDING, recording);
                return keep(stack.finishLstm(1, both.get(0), embedded, recording), both.get(1), training);
            }
            NDArray y = stack.lstm(1).sequence(embedded, recording);
            NDArray query = stack.finishLstm(1, y, embedded, recording);
            NDArray attended = attention.attend(query, read.source(), recording).get(0);
            return contextWeight == null
                    ? keep(query, attended, training)
                    : kernels.one("add_projected", recording, query, attended, contextWeight.getArray());
        }

        /**
         * Keeps the context for the layers above, if these read it.
         *
         * <p>A mixture layer cuts the graph, and what is below it gets its gradient later than what is above. The context is read on both
         * sides, so it is cut here beside the first layer's output: both gradients then go on into what they share at once, when they are
         * complete.
         */
        private NDArray keep(NDArray x, NDArray attended, @Nullable TrainingPass training) {
            if (!contextTo.layers()) {
                return x;
            }
            if (training == null || !stack.hasMixtures()) {
                context = attended;
                return x;
            }
            NDArray joint = kernels.one("beside", true, x, attended);
            NDArray leaf = GradientTape.leaf(x);
            NDArray contextLeaf = GradientTape.leaf(attended);
            training.tape()
                    .onBackward(() -> GradientTape.backward(
                            joint, kernels.one("beside", false, leaf.getGradient(), contextLeaf.getGradient())));
            context = contextLeaf;
            return leaf;
        }

        private NDArray beside(NDArray x) {
            return kernels.one(
                    "beside", recording, x, Objects.requireNonNull(context, "the first segment comes first"));
        }
    }

    /**
     * The state before the first token: output {@code [N, R]} and cells {@code [N, C]} of every layer, bottom to top, and the context
     * {@code [N, D]} where the first layer is fed its last; all zero. Outputs and context are in the type of products, cells in the
     * wide one.
     */
    public NDList initialState(NDManager manager, long rows) {
        List<Integer> sizes = new ArrayList<>();
        for (int layer = 1; layer <= stack.size(); layer++) {
            sizes.add(stack.lstm(layer).outputs());
            sizes.add(stack.lstm(layer).cells());
        }
        if (form == Form.INPUT_FEEDING) {
            sizes.add(width);
        }
        try (NDArray like = manager.create(new Shape(0))) {
            return kernels.run(
                    manager,
                    "zero_state",
                    like,
                    rows,
                    sizes.stream().mapToLong(Integer::longValue).toArray());
        }
    }

    /**
     * One step for each row.
     *
     * @param top outputs of the top layer {@code [N, D]}, or {@code [N, 2D]} where the softmax reads the context
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
        NDList attended;
        switch (form) {
            case RECURRENT -> {
                attended = attention.attend(state.get(0).expandDims(0), source, false);
                NDArray read = input.concat(attended.get(0).squeeze(0), 1);
                next.addAll(stack.lstm(1).step(read, state.get(0), state.get(1)));
                x = stack.finishLstmStep(1, next.get(0), input);
            }
            case INPUT_FEEDING -> {
                NDArray read = input.concat(state.get(2 * stack.size()), 1);
                next.addAll(stack.lstm(1).step(read, state.get(0), state.get(1)));
                attended = attention.attend(next.get(0).expandDims(0), source, false);
                x = stack.finishLstmStep(1, next.get(0), input);
            }
            case PARALLEL -> {
                next.addAll(stack.lstm(1).step(input, state.get(0), state.get(1)));
                x = stack.finishLstmStep(1, next.get(0), input);
                attended = attention.attend(x.expandDims(0), source, false);
            }
            default -> throw new AssertionError(form);
        }
        NDArray context = attended.get(0).squeeze(0);
        if (contextWeight != null) {
            x = kernels.one("add_projected", false, x, context, contextWeight.getArray());
        }
        x = stack.finishMixtureStep(1, x);
        for (int layer = 2; layer <= stack.size(); layer++) {
            int at = 2 * (layer - 1);
            NDArray read = contextTo.layers() ? x.concat(context, 1) : x;
            NDList stepped = stack.lstm(layer).step(read, state.get(at), state.get(at + 1));
            next.addAll(stepped);
            x = stack.finishMixtureStep(layer, stack.finishLstmStep(layer, stepped.get(0), x));
        }
        if (form == Form.INPUT_FEEDING) {
            next.add(context);
        }
        return new Step(
                contextTo.softmax() ? x.concat(context, 1) : x,
                next,
                attended.get(1).squeeze(1));
    }

    /**
     * What a step reads, to be one call of the kernel {@code decoder_steps}; what the softmax reads comes last.
     *
     * @return empty where a mixture layer cannot be in it, see {@link MixtureOfExperts#gathered}
     */
    public Optional<StepWeights> stepWeights(PieceEmbedding embedding, OutputSoftmax softmax) {
        StepWeights weights = new StepWeights();
        weights.add(List.of(embedding.weight()));
        weights.add(attention.stepWeights());
        if (contextWeight != null) {
            weights.add(List.of(contextWeight.getArray()));
        }
        weights.tell(
                switch (form) {
                    case RECURRENT -> 0;
                    case PARALLEL -> 1;
                    case INPUT_FEEDING -> 2;
                },
                attention.isFactorised() ? 1 : 0,
                contextTo.layers() ? 1 : 0,
                contextTo.softmax() ? 1 : 0,
                stack.residualFrom(),
                contextWeight == null ? 0 : 1,
                stack.size());
        for (int layer = 1; layer <= stack.size(); layer++) {
            List<NDArray> lstm = stack.lstm(layer).weights();
            MixtureOfExperts mixture = stack.mixture(layer);
            if (mixture == null) {
                weights.addLayer(lstm);
                continue;
            }
            Optional<GatheredMixture> gathered = mixture.gathered();
            if (gathered.isEmpty()) {
                return Optional.empty();
            }
            weights.addLayer(lstm, gathered.get());
        }
        weights.add(softmax.weights());
        return Optional.of(weights);
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
