package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import dev.dragoman.model.kernel.Kernels;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What encoder and decoder stacks share: dropout, residual connections, and the mixture layer that may follow an LSTM layer. */
final class LayerStack {
    private final Kernels kernels;
    private final List<@Nullable LstmLayer> layers;
    private final List<@Nullable MixtureOfExperts> mixtures;
    private final int residualFrom;

    LayerStack(
            Kernels kernels,
            List<@Nullable LstmLayer> layers,
            List<@Nullable MixtureOfExperts> mixtures,
            int residualFrom) {
        this.kernels = kernels;
        this.layers = layers;
        this.mixtures = mixtures;
        this.residualFrom = residualFrom;
    }

    int size() {
        return layers.size();
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

    /** {@link #finishLstm} and {@link #finishMixture}. */
    NDArray finish(
            int layer,
            NDArray y,
            NDArray below,
            NDArray rows,
            boolean training,
            List<MixtureOfExperts.Balanced> balanced) {
        return finishMixture(layer, finishLstm(layer, y, below, training), rows, training, balanced);
    }

    /** Dropout of an LSTM layer's output, and its residual connection. */
    NDArray finishLstm(int layer, NDArray y, NDArray below, boolean training) {
        if (layer >= residualFrom) {
            return kernels.one(training ? "drop_add" : "add", training, y, below);
        }
        return training ? kernels.one("drop", true, y) : y;
    }

    /** The mixture layer after an LSTM layer with its own dropout and residual connection; without one, {@code x} itself. */
    NDArray finishMixture(
            int layer, NDArray x, NDArray rows, boolean training, List<MixtureOfExperts.Balanced> balanced) {
        MixtureOfExperts mixture = mixture(layer);
        if (mixture == null) {
            return x;
        }
        if (training) {
            MixtureOfExperts.Balanced result = mixture.train(x, rows);
            balanced.add(result);
            return kernels.one("drop_add", true, result.y(), x);
        }
        return kernels.one("add", false, mixture.sequence(x, rows), x);
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
}
