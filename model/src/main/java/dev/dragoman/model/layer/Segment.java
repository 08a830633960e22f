package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import dev.dragoman.model.mixture.MixtureOfExperts;
import dev.dragoman.model.mixture.ReplicatedMixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A part of a forward pass: what a replica of the network computes by itself, and the mixture layer that follows, if one does, where
 * replicas meet.
 */
public final class Segment {
    /** What comes before the mixture layer: from the segment's input to the mixture layer's. */
    @FunctionalInterface
    interface Below {
        /**
         * @param training null for serving
         */
        NDArray of(NDArray x, @Nullable TrainingPass training);
    }

    private final LayerStack stack;
    private final int layer;
    private final Below below;
    private final NDArray rows;

    /**
     * @param layer the LSTM layer, counted from 1
     * @param rows {@code [N]} flat indices of real positions
     */
    Segment(LayerStack stack, int layer, Below below, NDArray rows) {
        this.stack = stack;
        this.layer = layer;
        this.below = below;
        this.rows = rows;
    }

    /**
     * Runs the segments of one network by itself.
     *
     * @param training null for serving
     */
    static NDArray run(List<Segment> segments, NDArray input, @Nullable TrainingPass training) {
        NDArray x = input;
        for (Segment segment : segments) {
            x = segment.stack.finishMixture(segment.layer, segment.below.of(x, training), segment.rows, training);
        }
        return x;
    }

    /**
     * Runs the same segment of all replicas.
     *
     * @param xs what each of them has so far
     * @param mixtures the mixture layers where they meet, by path
     */
    static List<NDArray> runInStep(
            List<Segment> replicas,
            List<NDArray> xs,
            Map<String, ReplicatedMixture> mixtures,
            @Nullable TrainingPass training) {
        List<NDArray> ys = new ArrayList<>();
        List<NDArray> rows = new ArrayList<>();
        for (int r = 0; r < xs.size(); r++) {
            ys.add(replicas.get(r).below.of(xs.get(r), training));
            rows.add(replicas.get(r).rows);
        }
        Segment first = replicas.get(0);
        String path = first.stack.path(first.layer);
        ReplicatedMixture mixture = mixtures.get(path);
        if (mixture == null) {
            return ys;
        }
        List<NDArray> result = new ArrayList<>();
        if (training != null) {
            List<MixtureOfExperts.Trained> trained = mixture.train(ys, rows, training.tape());
            training.add(path, trained.get(0));
            for (int r = 0; r < xs.size(); r++) {
                result.add(replicas.get(r).stack.aboveMixture(trained.get(r)));
            }
        } else {
            List<NDArray> sums = mixture.sequences(ys, rows);
            for (int r = 0; r < xs.size(); r++) {
                result.add(replicas.get(r).stack.aboveMixture(sums.get(r), ys.get(r)));
            }
        }
        return result;
    }
}
