package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertStack;
import dev.dragoman.model.mixture.MixtureOfExperts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What encoder and decoder stacks share: dropout, residual connections, and the mixture layer that may follow an LSTM layer. */
final class LayerStack {
    private final Kernels kernels;
    private final String path;
    private final List<@Nullable LstmLayer> layers;
    private final List<@Nullable MixtureOfExperts> mixtures;
    private final int residualFrom;

    /**
     * @param path of the block that the layers belong to
     */
    LayerStack(
            Kernels kernels,
            String path,
            List<@Nullable LstmLayer> layers,
            List<@Nullable MixtureOfExperts> mixtures,
            int residualFrom) {
        this.kernels = kernels;
        this.path = path;
        this.layers = layers;
        this.mixtures = mixtures;
        this.residualFrom = residualFrom;
    }

    int size() {
        return layers.size();
    }

    /** The first layer with a residual connection, counted from 1. */
    int residualFrom() {
        return residualFrom;
    }

    /** LSTM layer, counted from 1. */
    LstmLayer lstm(int layer) {
        return Objects.requireNonNull(layers.get(layer - 1));
    }

    /** The mixture layer after an LSTM layer, if there is one. */
    @Nullable
    MixtureOfExperts mixture(int layer) {
        return mixtures.get(layer - 1);
    }

    /** Dropout of an LSTM layer's output, and its residual connection. */
    NDArray finishLstm(int layer, NDArray y, NDArray below, boolean training) {
        if (layer >= residualFrom) {
            return kernels.one(training ? "drop_add" : "add", training, y, below);
        }
        return training ? kernels.one("drop", true, y) : y;
    }

    /** The mixture layer after an LSTM layer with its own dropout and residual connection; without one, {@code x} itself. */
    NDArray finishMixture(int layer, NDArray x, NDArray rows, @Nullable TrainingPass training) {
        MixtureOfExperts mixture = mixture(layer);
        if (mixture == null) {
            return x;
        }
        if (training != null) {
            MixtureOfExperts.Trained result = mixture.train(x, rows, training.tape());
            training.add(path(layer), result);
            return aboveMixture(result);
        }
        return aboveMixture(mixture.sequence(x, rows), x);
    }

    /** Dropout and residual connection of a mixture layer that is trained. */
    NDArray aboveMixture(MixtureOfExperts.Trained mixture) {
        return kernels.one("drop_add", true, mixture.y(), mixture.x());
    }

    /** Residual connection of a mixture layer in serving. */
    NDArray aboveMixture(NDArray y, NDArray x) {
        return kernels.one("add", false, y, x);
    }

    /** Path of the mixture layer after an LSTM layer within the whole network. */
    String path(int layer) {
        return path + ".mixture" + layer;
    }

    /**
     * LSTM layers from {@code first} on, each with its mixture layer.
     *
     * @param reading what a layer reads, of the layer below
     */
    List<Segment> segments(int first, NDArray rows, boolean training, UnaryOperator<NDArray> reading) {
        List<Segment> segments = new ArrayList<>();
        for (int i = first; i <= size(); i++) {
            int layer = i;
            segments.add(new Segment(
                    this,
                    layer,
                    (x, pass) -> finishLstm(layer, lstm(layer).sequence(reading.apply(x), training), x, training),
                    rows));
        }
        return segments;
    }

    /** Whether a mixture layer follows any of the LSTM layers. */
    boolean hasMixtures() {
        return mixtures.stream().anyMatch(Objects::nonNull);
    }

    /** One decoder step after an LSTM layer, rows {@code [N, D]}. */
    NDArray finishLstmStep(int layer, NDArray y, NDArray below) {
        return layer >= residualFrom ? kernels.one("add", false, y, below) : y;
    }

    /** One decoder step through the mixture layer after an LSTM layer, rows {@code [N, D]}. */
    NDArray finishMixtureStep(int layer, NDArray x) {
        MixtureOfExperts mixture = mixture(layer);
        return mixture == null ? x : kernels.one("add", false, mixture.rows(x), x);
    }

    /** The experts' stacks of all mixture layers, by the paths of their parameters within the whole network. */
    Map<String, ExpertStack> expertStacks() {
        Map<String, ExpertStack> result = new LinkedHashMap<>();
        for (int layer = 1; layer <= size(); layer++) {
            MixtureOfExperts mixture = mixture(layer);
            if (mixture != null) {
                String prefix = path(layer) + ".";
                mixture.expertStacks().forEach((name, stack) -> result.put(prefix + name, stack));
            }
        }
        return result;
    }
}
