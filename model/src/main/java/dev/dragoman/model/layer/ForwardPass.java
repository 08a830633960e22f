package dev.dragoman.model.layer;

import ai.djl.ndarray.NDArray;
import dev.dragoman.model.mixture.ReplicatedMixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way of a batch through a network, cut at its mixture layers, so that replicas of the network can go it in step.
 *
 * @param input what the first segment reads
 * @param segments from bottom to top
 * @param end the loss of what the last segment gives
 */
public record ForwardPass(NDArray input, List<Segment> segments, Function<NDArray, OutputSoftmax.Loss> end) {
    /**
     * Goes it alone.
     *
     * @param training null for serving
     */
    public OutputSoftmax.Loss run(@Nullable TrainingPass training) {
        return end.apply(Segment.run(segments, input, training));
    }

    /**
     * Lets replicas go it together, each with its own part of a batch: layer by layer, and in each layer replica by replica. Where the
     * replicas are on GPUs, a layer's work is only issued here and is done on all of them at once.
     *
     * @param mixtures the mixture layers where they meet, by path
     * @param training null for serving
     * @return the loss of each part
     */
    public static List<OutputSoftmax.Loss> runInStep(
            List<ForwardPass> replicas, Map<String, ReplicatedMixture> mixtures, @Nullable TrainingPass training) {
        List<NDArray> xs = replicas.stream().map(ForwardPass::input).toList();
        for (int i = 0; i < replicas.get(0).segments.size(); i++) {
            int segment = i;
            xs = Segment.runInStep(
                    replicas.stream()
                            .map(replica -> replica.segments.get(segment))
                            .toList(),
                    xs,
                    mixtures,
                    training);
        }
        List<OutputSoftmax.Loss> losses = new ArrayList<>();
        for (int r = 0; r < replicas.size(); r++) {
            losses.add(replicas.get(r).end.apply(xs.get(r)));
        }
        return losses;
    }
}
