package dev.dragoman.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.kernel.HeldArrays;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.layer.EncodedSource;
import dev.dragoman.model.layer.StepWeights;
import dev.dragoman.model.mixture.GatheredMixture;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Steps of which each is one call of the engine: rows are moved, go through all layers and the softmax, and the best continuations are
 * found on the device. One copy goes there and one comes back.
 */
final class WholeSteps implements RowSteps {
    /** What the kernel returns before the states: what it tells, and the three arrays of the source. */
    private static final int BEFORE_STATES = 4;

    private final Kernels kernels;
    private final HeldArrays weights;
    private final long[] layout;
    private final List<GatheredMixture> mixtures;
    private final StepExchange exchange;

    WholeSteps(Kernels kernels, StepWeights weights, StepExchange exchange) {
        this.kernels = kernels;
        this.weights = new HeldArrays(weights.arrays());
        this.layout = weights.layout();
        this.mixtures = weights.mixtures();
        this.exchange = exchange;
    }

    @Override
    public Ranking step(DeviceRows rows, int[] lastIds, int candidates, boolean attention) {
        int count = rows.count();
        EncodedSource source = rows.source();
        long longest = rows.longest();
        NDManager owner = rows.newOwner();
        try (NDArray sent = exchange.send(owner, lastIds, rows.origins())) {
            NDList results = kernels.run(
                    owner,
                    "decoder_steps",
                    sent,
                    List.of(source.memory(), source.keys(), source.mask()),
                    rows.state(),
                    weights,
                    layout,
                    (long) candidates,
                    longest,
                    attention ? 1L : 0L,
                    1L);
            int width = attention ? Math.toIntExact(results.get(3).getShape().get(1)) : 0;
            StepResults told = new StepResults(exchange.receive(results.get(0)), count, candidates, width, mixtures);
            NDList state = results.subNDList(BEFORE_STATES);
            rows.moveAndAdvance(new NDList(results.subList(1, BEFORE_STATES)), state, owner);
            return told.ranking(0, IntStream.range(0, count).toArray());
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {
        weights.close();
    }
}
