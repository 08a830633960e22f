package dev.dragoman.model.mixture;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import dev.dragoman.model.block.GradientTape;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One mixture layer over several devices (Shazeer et al. 2017, section 3.1): a copy of the gate on each, and each expert on one of them.
 *
 * <p>The replicas arrive with the parts of one batch and leave together. Importance and load are summed over replicas before their
 * coefficients of variation are taken, so the balance losses and their gradients are those of the whole batch: an expert that is popular
 * with one replica only is no imbalance. Where the load is made of several sums, as that of groups is, they are summed one by one.
 *
 * <p>Strictly balanced gates let every expert take equally many rows of each part, hence of the whole; which rows these are depends on how
 * the batch was divided.
 */
public final class ReplicatedMixture implements AutoCloseable {
    /** Those of importance and load; any after them are not of sums over rows. */
    private static final int BALANCE_TERMS = 2;

    private final List<MixtureOfExperts> replicas;
    private final ShardedExperts experts;

    /**
     * @param replicas equal layers, whose own stacks stay without values
     * @param devices of the shards of the experts
     * @param kernels for each device
     * @throws IllegalArgumentException if there are more devices than experts, or than groups of them
     */
    public ReplicatedMixture(List<MixtureOfExperts> replicas, List<Device> devices, List<Kernels> kernels) {
        this.replicas = List.copyOf(replicas);
        MixtureOfExperts first = replicas.get(0);
        experts = new ShardedExperts(devices, kernels, first.configuration(), first.width());
    }

    /** Gives the first replica's gate and the experts their random start; those that an undivided layer would be given. */
    public void initialize(NDManager manager, DataType expertType) {
        replicas.get(0).initializeGate(manager);
        experts.initialize(manager, expertType);
    }

    /** The experts' stacks, in the place of the layer's {@code hidden} and {@code output}: {@code hidden.shard0} and so on. */
    public Map<String, Parameter> parameters() {
        return experts.parameters();
    }

    /** The same stacks with their gradients. */
    public Map<String, ExpertStack> expertStacks() {
        return experts.stacks();
    }

    /** As {@link #train(List, List, GradientTape, List)}, each replica's noise drawn in turn. */
    public List<MixtureOfExperts.Trained> train(List<NDArray> xs, List<NDArray> rows, GradientTape tape) {
        List<List<NDArray>> noise = new ArrayList<>();
        for (int r = 0; r < xs.size(); r++) {
            noise.add(replicas.get(r).noise(xs.get(r).getManager(), rows.get(r).size()));
        }
        return train(xs, rows, tape, noise);
    }

    /**
     * Applies the layer to the parts of a batch, of the first replica and those after it.
     *
     * @param xs {@code [T, B, D]} each on its replica's device, recording gradients
     * @param rows {@code [N]} flat indices of the real positions of each
     * @param tape takes the layer's part of the backward pass, one step for all replicas
     * @param noise standard normal numbers for each, of {@link MixtureOfExperts#noiseShapes}
     * @return for each what it leaves with; balance and load are those of the whole batch in every one
     */
    List<MixtureOfExperts.Trained> train(
            List<NDArray> xs, List<NDArray> rows, GradientTape tape, List<List<NDArray>> noise) {
        List<MixtureOfExperts.Passage> passages = new ArrayList<>();
        for (int r = 0; r < xs.size(); r++) {
            passages.add(replicas.get(r).new Passage(xs.get(r), rows.get(r), noise.get(r)));
        }
        List<Routing> routings =
                passages.stream().map(MixtureOfExperts.Passage::routing).toList();
        WholeBatch whole = new WholeBatch(routings, rows);
        ShardedExperts.Pass pass = experts.forward(
                passages.stream().map(MixtureOfExperts.Passage::assigned).toList());
        ExpertLoad load = new ExpertLoad(whole.importance.values, whole.load.values, pass.counts());
        List<MixtureOfExperts.Trained> result = new ArrayList<>();
        for (int r = 0; r < xs.size(); r++) {
            MixtureOfExperts.Passage passage = passages.get(r);
            result.add(new MixtureOfExperts.Trained(
                    passage.leave(pass.y().get(r)), passage.leaf(), whole.balance(), load));
        }
        tape.onBackward(() -> {
            List<NDList> ofExperts = pass.backward(
                    passages.stream().map(MixtureOfExperts.Passage::gradient).toList());
            for (int r = 0; r < passages.size(); r++) {
                NDList slopes = whole.slopes(r);
                NDArray share = GradientTape.filled(slopes.get(1), tape.share());
                passages.get(r)
                        .backward(ofExperts.get(r), slopes.get(0), slopes.get(1).mul(share));
            }
        });
        return result;
    }

    /**
     * Applies the layer to the parts of a batch as serving would, {@code [T, B, D]} to the same, zero at padding. The first replica counts
     * what the experts of all have computed.
     */
    public List<NDArray> sequences(List<NDArray> xs, List<NDArray> rows) {
        List<AssignedRows> assigned = new ArrayList<>();
        for (int r = 0; r < xs.size(); r++) {
            AssignedRows ofReplica = replicas.get(r).assign(xs.get(r), rows.get(r));
            long[] chosen = Arrays.stream(ofReplica.experts()).asLongStream().toArray();
            replicas.get(0).usage().add(chosen, values(ofReplica.gates()));
            assigned.add(ofReplica);
        }
        ShardedExperts.Pass pass = experts.forward(assigned);
        List<NDArray> result = new ArrayList<>();
        for (int r = 0; r < xs.size(); r++) {
            result.add(replicas.get(r).finish(pass.y().get(r), rows.get(r), xs.get(r)));
        }
        return result;
    }

    /** Frees the experts; the replicas are whoever's they are. */
    @Override
    public void close() {
        experts.parameters().values().forEach(Parameter::close);
    }

    /** The balance losses of all replicas' rows together. */
    private final class WholeBatch {
        private final List<Routing> routings;
        private final List<Double> shares;
        private final Total importance;
        private final Total load;

        WholeBatch(List<Routing> routings, List<NDArray> rows) {
            Mixture configuration = replicas.get(0).configuration();
            double all = rows.stream().mapToLong(NDArray::size).sum();
            this.routings = routings;
            shares = rows.stream().map(ofReplica -> ofReplica.size() / all).toList();
            importance = new Total(
                    routings.stream().map(Routing::importance).toList(),
                    UnaryOperator.identity(),
                    configuration.importanceWeight());
            load = new Total(
                    routings.stream().map(Routing::loadSums).toList(),
                    replicas.get(0)::load,
                    configuration.loadWeight());
        }

        double balance() {
            double sum = importance.loss + load.loss;
            for (int r = 0; r < routings.size(); r++) {
                NDArray thresholds = thresholdLoss(routings.get(r));
                sum += thresholds.isEmpty() ? 0 : shares.get(r) * values(thresholds)[0];
            }
            return sum;
        }

        /** What of a replica's routing has a part in the balance losses, and their slope at each number of it. */
        NDList slopes(int r) {
            Routing routing = routings.get(r);
            MixtureOfExperts replica = replicas.get(r);
            NDManager manager = routing.importance().getManager();
            NDArray thresholds = thresholdLoss(routing);
            NDList parts = new NDList(routing.importance(), routing.loadSums().flatten(), thresholds);
            NDList slopes = new NDList(
                    replica.moved(manager, importance.slope),
                    replica.moved(manager, load.slope).flatten(),
                    GradientTape.filled(thresholds, shares.get(r)));
            return new NDList(NDArrays.concat(parts), NDArrays.concat(slopes));
        }

        /** {@code [1]}, a mean over rows; {@code [0]} for gates without thresholds. */
        private NDArray thresholdLoss(Routing routing) {
            return routing.terms()
                    .get(new NDIndex()
                            .addSliceDim(BALANCE_TERMS, routing.terms().size()));
        }
    }

    /** A number per expert, made of sums over replicas on the device of the first, and what its unevenness adds to the loss. */
    private final class Total {
        private final float[] values;
        private final double loss;
        private final NDArray slope;

        Total(List<NDArray> parts, UnaryOperator<NDArray> perExpert, double weight) {
            MixtureOfExperts first = replicas.get(0);
            NDManager manager = parts.get(0).getManager();
            NDArray sum = parts.get(0).stopGradient();
            for (NDArray part : parts.subList(1, parts.size())) {
                sum = sum.add(first.moved(manager, part));
            }
            NDArray leaf = GradientTape.leafOfUnrecorded(sum);
            NDArray numbers = perExpert.apply(leaf);
            values = values(numbers);
            NDArray term = first.squaredCv(numbers);
            loss = weight * values(term)[0];
            GradientTape.backward(term, GradientTape.filled(term, weight));
            slope = leaf.getGradient();
        }
    }

    private static float[] values(NDArray array) {
        return array.stopGradient().toType(DataType.FLOAT32, false).toFloatArray();
    }
}
