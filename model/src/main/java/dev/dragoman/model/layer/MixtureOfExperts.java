package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.initializer.Initializer;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Kernels;
import java.util.List;

/**
 * The sparsely-gated mixture of experts (Shazeer et al. 2017, section 2): {@code y = sum_i G(x)_i E_i(x)} over the k experts that a noisy
 * top-k gate keeps, each expert a feed-forward net with one ReLU layer and no biases.
 *
 * <p>Rows are sorted by expert, each expert computes its own rows in one product, and results return to their rows weighted by the gates;
 * an expert that no row chose computes nothing. Gates see real positions only, so padding neither takes part in the balance nor is
 * changed by it. Noise is drawn when training only.
 *
 * <p>Parameters: gate and noise {@code [D, E]}, both zero at first so that experts start evenly loaded; hidden {@code [E, D, H]}; output
 * {@code [E, H, D]}.
 */
public final class MixtureOfExperts extends NetworkBlock {
    private final Mixture configuration;
    private final Parameter gate;
    private final Parameter noise;
    private final Parameter hidden;
    private final Parameter output;

    public MixtureOfExperts(Kernels kernels, Mixture configuration, int width) {
        super(kernels);
        this.configuration = configuration;
        int experts = configuration.experts();
        gate = parameter("gate", Initializer.ZEROS, width, experts);
        noise = parameter("noise", Initializer.ZEROS, width, experts);
        hidden = parameter("hidden", Initializers.fanIn(width), experts, width, configuration.hidden());
        output =
                parameter("output", Initializers.fanIn(configuration.hidden()), experts, configuration.hidden(), width);
    }

    /**
     * What the layer makes of a batch when training.
     *
     * @param y {@code [T, B, D]}, zero at padding
     * @param balance the balance loss, {@code w_importance CV(importance)^2 + w_load CV(load)^2}, to be added to the task loss
     * @param importance sum of gates per expert {@code [E]}
     * @param load smooth number of rows per expert {@code [E]}
     */
    public record Balanced(NDArray y, NDArray balance, NDArray importance, NDArray load) {}

    /**
     * Applies the layer to all real positions of a batch at once, with noise, recording gradients.
     *
     * @param x {@code [T, B, D]}
     * @param rows {@code [N]} flat indices of the real positions
     */
    public Balanced train(NDArray x, NDArray rows) {
        NDArray epsilon = x.getManager().randomNormal(new Shape(rows.size(), configuration.experts()));
        return train(x, rows, epsilon);
    }

    /** As {@link #train(NDArray, NDArray)} with the noise given, {@code [N, E]} standard normal numbers. */
    public Balanced train(NDArray x, NDArray rows, NDArray epsilon) {
        NDList result = kernels.call(
                "mixture",
                true,
                x,
                rows,
                epsilon,
                gate.getArray(),
                noise.getArray(),
                hidden.getArray(),
                output.getArray(),
                flag(x, configuration.sigmoid()));
        NDArray terms = result.get(3);
        NDArray weights = x.getManager()
                .create(new float[] {(float) configuration.importanceWeight(), (float) configuration.loadWeight()});
        return new Balanced(result.get(0), terms.mul(weights).sum(), result.get(1), result.get(2));
    }

    /** Serving: {@code [T, B, D]} to the same, zero at padding. */
    public NDArray sequence(NDArray x, NDArray rows) {
        return kernels.one(
                "mixture_sequence", false, x, rows, gate.getArray(), hidden.getArray(), output.getArray(), sigmoid(x));
    }

    /** Serving: rows {@code [N, D]} to the same. */
    public NDArray rows(NDArray x) {
        return kernels.one("mixture_rows", false, x, gate.getArray(), hidden.getArray(), output.getArray(), sigmoid(x));
    }

    private NDArray sigmoid(NDArray like) {
        return flag(like, configuration.sigmoid());
    }

    /** Gate, noise, hidden and output weights. */
    List<Parameter> weights() {
        return List.of(gate, noise, hidden, output);
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        if (training) {
            Balanced result = train(inputs.get(0), inputs.get(1));
            return new NDList(result.y(), result.balance());
        }
        return new NDList(sequence(inputs.get(0), inputs.get(1)));
    }
}
