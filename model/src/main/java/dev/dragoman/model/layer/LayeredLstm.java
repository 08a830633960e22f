package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.configuration.LanguageModelConfiguration;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertStack;
import dev.dragoman.model.mixture.MixtureOfExperts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The layers of a language model between embedding and softmax: LSTM layers, each followed by a mixture layer where configured. */
public final class LayeredLstm extends NetworkBlock {
    private final LayerStack stack;

    /**
     * @param path of this block within the network
     */
    public LayeredLstm(Kernels kernels, String path, LanguageModelConfiguration configuration) {
        super(kernels);
        int width = configuration.width();
        List<@Nullable LstmLayer> layers = new ArrayList<>();
        List<@Nullable MixtureOfExperts> mixtures = new ArrayList<>();
        for (int layer = 1; layer <= configuration.layers(); layer++) {
            layers.add(addChildBlock(
                    "layer" + layer,
                    new LstmLayer(
                            kernels, width, configuration.lstmCells(), width, configuration.layerNormalisation())));
            mixtures.add(
                    configuration.mixture().decoderAfter().contains(layer)
                            ? addChildBlock(
                                    "mixture" + layer, new MixtureOfExperts(kernels, configuration.mixture(), width))
                            : null);
        }
        stack = new LayerStack(kernels, path, layers, mixtures, configuration.residualFrom());
    }

    /**
     * Embedded tokens {@code [T, B, D]} to top outputs {@code [T, B, D]}; no position sees those after it.
     *
     * @param rows {@code [N]} flat indices of real positions
     * @param training null for serving
     */
    public NDArray run(NDArray embedded, NDArray rows, @Nullable TrainingPass training) {
        return Segment.run(segments(rows, training != null), embedded, training);
    }

    /** The same, layer by layer. */
    public List<Segment> segments(NDArray rows, boolean training) {
        return stack.segments(1, rows, training, UnaryOperator.identity());
    }

    /** The experts' stacks of all mixture layers, by the paths of their parameters within the whole network. */
    public Map<String, ExpertStack> expertStacks() {
        return stack.expertStacks();
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        refuseTraining(training);
        return new NDList(run(inputs.get(0), inputs.get(1), null));
    }
}
