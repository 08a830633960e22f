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
import org.jspecify.annotations.Nullable;

/**
 * Steps of which each is one call of the engine: rows are moved, go through all layers and the softmax, and the best continuations are
 * found on the device. One copy goes there and one comes back.
 *
 * <p>A call may take several steps of a greedy search: one at first, then twice as many each time that all were used, up to a limit; one again
 * where some were not.
 */
final class WholeSteps implements RowSteps {
    /** What the kernel returns before the states: what it tells, and the three arrays of the source. */
    private static final int BEFORE_STATES = 4;

    /** A greedy search asks for the best and, should that be the end of the sentence, the second. */
    private static final int GREEDY_CANDIDATES = 2;

    private final Kernels kernels;
    private final HeldArrays weights;
    private final long[] layout;
    private final List<GatheredMixture> mixtures;
    private final StepExchange exchange;
    private final int stepsPerCall;
    private int pace = 1;
    private @Nullable StepsAhead ahead;

    /**
     * @param stepsPerCall the most steps of a call
     */
    WholeSteps(Kernels kernels, StepWeights weights, StepExchange exchange, int stepsPerCall) {
        this.kernels = kernels;
        this.weights = new HeldArrays(weights.arrays());
        this.layout = weights.layout();
        this.mixtures = weights.mixtures();
        this.exchange = exchange;
        this.stepsPerCall = stepsPerCall;
    }

    @Override
    public Ranking step(DeviceRows rows, int[] lastIds, int candidates, boolean attention) {
        int[] origins = rows.origins();
        int[] from = origins == null ? IntStream.range(0, rows.count()).toArray() : origins;
        StepsAhead before = ahead;
        if (before != null && !attention && before.fits(lastIds, from, candidates)) {
            return before.take(rows, from);
        }
        interrupt();
        return call(rows, lastIds, candidates, attention);
    }

    private Ranking call(DeviceRows rows, int[] lastIds, int candidates, boolean attention) {
        int steps = attention || candidates > GREEDY_CANDIDATES ? 1 : pace;
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
                    (long) steps);
            int width = attention ? Math.toIntExact(results.get(3).getShape().get(1)) : 0;
            StepResults told = new StepResults(exchange.receive(results.get(0)), count, candidates, width, mixtures);
            List<NDList> states = states(results, steps);
            rows.moveAndAdvance(new NDList(results.subList(1, BEFORE_STATES)), states.get(0), owner);
            ahead = new StepsAhead(told, states);
            return told.ranking(0, IntStream.range(0, count).toArray());
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    private static List<NDList> states(NDList results, int steps) {
        int size = (results.size() - BEFORE_STATES) / steps;
        return IntStream.range(0, steps)
                .mapToObj(t -> new NDList(results.subList(BEFORE_STATES + t * size, BEFORE_STATES + (t + 1) * size)))
                .toList();
    }

    @Override
    public void interrupt() {
        StepsAhead before = ahead;
        if (before != null) {
            pace = before.isSpent() ? Math.min(stepsPerCall, 2 * pace) : 1;
            ahead = null;
        }
    }

    @Override
    public void close() {
        weights.close();
    }
}
