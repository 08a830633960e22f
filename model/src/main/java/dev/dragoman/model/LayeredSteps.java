package dev.dragoman.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.layer.Decoder;
import java.util.Arrays;

/**
 * Steps layer by layer, several calls each: where experts are not on the device, or their number depends on the row, so that the host has to
 * know the choice before the layer can go on. The reference beside {@link WholeSteps}.
 */
final class LayeredSteps implements RowSteps {
    private final TranslationNetwork network;

    LayeredSteps(TranslationNetwork network) {
        this.network = network;
    }

    @Override
    public Ranking step(DeviceRows rows, int[] lastIds, int candidates, boolean attention) {
        rows.settle();
        NDManager owner = rows.newOwner();
        try (NDManager scratch = rows.newOwner()) {
            long[] ids = Arrays.stream(lastIds).asLongStream().toArray();
            Decoder.Step step =
                    network.step(scratch.create(ids, new Shape(1, ids.length)), rows.source(), rows.state());
            NDList best = network.best(step.top(), candidates);
            Ranking ranking = new Ranking(
                    toInts(best.get(1)),
                    best.get(0).toFloatArray(),
                    attention ? step.attention().toFloatArray() : null);
            step.state().attach(owner);
            rows.advance(step.state(), owner);
            return ranking;
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    private static int[] toInts(NDArray array) {
        return Arrays.stream(array.toLongArray()).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
