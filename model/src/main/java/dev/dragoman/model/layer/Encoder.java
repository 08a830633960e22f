package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertStack;
import dev.dragoman.model.mixture.MixtureOfExperts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The source side: a stack of LSTM layers, the first of them bidirectional where configured, with mixture layers between them.
 *
 * <p>Every layer's output passes dropout and then the layer's input is added to it, from {@code residualFrom} up (Shazeer et al. 2017,
 * appendices C and E).
 */
public final class Encoder extends NetworkBlock {
    private final @Nullable BidirectionalLstmLayer bothWays;
    private final LayerStack stack;

    public Encoder(Kernels kernels, NetworkConfiguration configuration) {
        super(kernels);
        int width = configuration.width();
        int cells = configuration.lstmCells();
        bothWays = configuration.bidirectional()
                ? addChildBlock("layer1", new BidirectionalLstmLayer(kernels, width, cells, width))
                : null;
        List<@Nullable LstmLayer> layers = new ArrayList<>();
        List<@Nullable MixtureOfExperts> mixtures = new ArrayList<>();
        for (int layer = 1; layer <= configuration.encoderLayers(); layer++) {
            layers.add(
                    layer == 1 && configuration.bidirectional()
                            ? null
                            : addChildBlock("layer" + layer, new LstmLayer(kernels, width, cells, width)));
            mixtures.add(
                    configuration.mixture().encoderAfter().contains(layer)
                            ? addChildBlock(
                                    "mixture" + layer, new MixtureOfExperts(kernels, configuration.mixture(), width))
                            : null);
        }
        stack = new LayerStack(kernels, "encoder", layers, mixtures, configuration.residualFrom());
    }

    /**
     * Embedded sentences {@code [S, B, D]} to the memory {@code [S, B, D]}.
     *
     * @param training null for serving
     */
    public NDArray encode(NDArray embedded, SourceArrays source, @Nullable TrainingPass training) {
        return Segment.run(segments(source, training != null), embedded, training);
    }

    /** The same, layer by layer. */
    public List<Segment> segments(SourceArrays source, boolean training) {
        BidirectionalLstmLayer first = bothWays;
        if (first == null) {
            return stack.segments(1, source.rows(), training);
        }
        List<Segment> segments = new ArrayList<>();
        segments.add(new Segment(
                stack,
                1,
                x -> stack.finishLstm(1, first.sequence(x, source.reversal(), training), x, training),
                source.rows()));
        segments.addAll(stack.segments(2, source.rows(), training));
        return segments;
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
