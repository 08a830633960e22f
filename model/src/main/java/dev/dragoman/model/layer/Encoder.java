package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.nn.Parameter;
import dev.dragoman.model.block.Initializers;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertStack;
import dev.dragoman.model.mixture.MixtureOfExperts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The source side: a stack of LSTM layers, the lowest of them bidirectional where configured, with mixture layers between them.
 *
 * <p>Every layer's output passes dropout and then the layer's input is added to it, from {@code residualFrom} up (Shazeer et al. 2017,
 * appendices C and E). Where the top layer's output is twice as wide as the network, a matrix {@code [D, 2D]} makes the memory of it, as
 * in RNMT+ (Chen et al. 2018).
 */
public final class Encoder extends NetworkBlock {
    private final List<BidirectionalLstmLayer> bothWays = new ArrayList<>();
    private final LayerStack stack;
    private final @Nullable Parameter projection;

    public Encoder(Kernels kernels, NetworkConfiguration configuration) {
        super(kernels);
        int width = configuration.width();
        int cells = configuration.lstmCells();
        boolean normalised = configuration.layerNormalisation();
        List<@Nullable LstmLayer> layers = new ArrayList<>();
        List<@Nullable MixtureOfExperts> mixtures = new ArrayList<>();
        for (int layer = 1; layer <= configuration.encoderLayers(); layer++) {
            String name = "layer" + layer;
            int inputs = configuration.encoderWidth(layer - 1);
            if (layer <= configuration.layersBothWays()) {
                bothWays.add(addChildBlock(
                        name,
                        new BidirectionalLstmLayer(kernels, inputs, cells, width, configuration.join(), normalised)));
                layers.add(null);
            } else {
                layers.add(addChildBlock(name, new LstmLayer(kernels, inputs, cells, width, normalised)));
            }
            mixtures.add(
                    configuration.mixture().encoderAfter().contains(layer)
                            ? addChildBlock(
                                    "mixture" + layer,
                                    new MixtureOfExperts(
                                            kernels, configuration.mixture(), configuration.encoderWidth(layer)))
                            : null);
        }
        stack = new LayerStack(kernels, "encoder", layers, mixtures, configuration.residualFrom());
        int top = configuration.encoderWidth(configuration.encoderLayers());
        projection = top == width ? null : parameter("projection", Initializers.fanIn(top), width, top);
    }

    /**
     * Embedded sentences {@code [S, B, D]} to the memory {@code [S, B, D]}.
     *
     * @param training null for serving
     */
    public NDArray encode(NDArray embedded, SourceArrays source, @Nullable TrainingPass training) {
        return memory(Segment.run(segments(source, training != null), embedded, training), training != null);
    }

    /** The same, layer by layer, up to what {@link #memory} reads. */
    public List<Segment> segments(SourceArrays source, boolean training) {
        List<Segment> segments = new ArrayList<>();
        for (BidirectionalLstmLayer both : bothWays) {
            int layer = segments.size() + 1;
            segments.add(new Segment(
                    stack,
                    layer,
                    (x, pass) -> stack.finishLstm(layer, both.sequence(x, source.reversal(), training), x, training),
                    source.rows()));
        }
        segments.addAll(stack.segments(bothWays.size() + 1, source.rows(), training, UnaryOperator.identity()));
        return segments;
    }

    /** The memory {@code [S, B, D]}, of what the top layer gives. */
    public NDArray memory(NDArray top, boolean training) {
        return projection == null ? top : kernels.one("project", training, top, projection.getArray());
    }

    /** The experts' stacks of all mixture layers, by the paths of their parameters within the whole network. */
    public Map<String, ExpertStack> expertStacks() {
        return stack.expertStacks();
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        refuseTraining(training);
        SourceArrays source = new SourceArrays(inputs.get(0), inputs.get(1), inputs.get(2), inputs.get(3));
        return new NDList(encode(inputs.get(4), source, null));
    }
}
