package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
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
        stack = new LayerStack(kernels, layers, mixtures, configuration.residualFrom());
    }

    /**
     * Embedded sentences {@code [S, B, D]} to the memory {@code [S, B, D]}.
     *
     * @param balanced when training, receives what each mixture layer reports, bottom to top
     */
    public NDArray encode(
            NDArray embedded, SourceArrays source, boolean training, List<MixtureOfExperts.Balanced> balanced) {
        NDArray x = embedded;
        for (int layer = 1; layer <= stack.size(); layer++) {
            NDArray y = layer == 1 && bothWays != null
                    ? bothWays.sequence(x, source.reversal(), training)
                    : stack.lstm(layer).sequence(x, training);
            x = stack.finish(layer, y, x, source.rows(), training, balanced);
        }
        return x;
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        SourceArrays source = new SourceArrays(inputs.get(0), inputs.get(1), inputs.get(2), inputs.get(3));
        return new NDList(encode(inputs.get(4), source, training, new ArrayList<>()));
    }
}
