package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import dev.dragoman.model.mixture.GatheredMixture;
import java.util.ArrayList;
import java.util.List;

/**
 * All weights that a decoder step reads, in one list, and numbers that say what they are, as the kernel {@code decoder_steps} takes them; its
 * text tells the order.
 */
public final class StepWeights {
    private static final long NO_MIXTURE = -1;

    private final List<NDArray> arrays = new ArrayList<>();
    private final List<Long> layout = new ArrayList<>();
    private final List<GatheredMixture> mixtures = new ArrayList<>();

    StepWeights() {}

    void add(List<NDArray> weights) {
        arrays.addAll(weights);
    }

    void tell(long... numbers) {
        for (long number : numbers) {
            layout.add(number);
        }
    }

    /** An LSTM layer that no mixture layer follows. */
    void addLayer(List<NDArray> lstm) {
        add(lstm);
        tell(lstm.size(), NO_MIXTURE, 0, 0, 0);
    }

    /** An LSTM layer, and the mixture layer that follows it. */
    void addLayer(List<NDArray> lstm, GatheredMixture mixture) {
        add(lstm);
        add(mixture.gate());
        add(List.of(mixture.hidden(), mixture.output()));
        add(mixture.scales());
        tell(
                lstm.size(),
                mixture.gateKind(),
                mixture.gate().size(),
                mixture.scales().isEmpty() ? 0 : 1,
                mixture.sigmoid() ? 1 : 0);
        mixtures.add(mixture);
    }

    /** The weights; they belong to the network. */
    public List<NDArray> arrays() {
        return List.copyOf(arrays);
    }

    /** What they are. */
    public long[] layout() {
        return layout.stream().mapToLong(Long::longValue).toArray();
    }

    /** The mixture layers, bottom to top. */
    public List<GatheredMixture> mixtures() {
        return List.copyOf(mixtures);
    }
}
