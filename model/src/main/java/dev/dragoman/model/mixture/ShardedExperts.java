package dev.dragoman.model.mixture;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The experts of one layer over several devices, each expert on one of them, shared by all replicas of the layer (Shazeer et al. 2017,
 * section 3.1).
 *
 * <p>Experts are cut into contiguous ranges, the shards; where experts form groups, at borders of groups, so that a row travels once for
 * each group that it chose at most. Rows of all replicas that chose an expert are computed together: with d replicas of b rows an expert
 * sees {@code k b d / n} of them. Rows travel to a shard once, their gated sums come back; on the way to the gradient the gradients of the
 * sums go out, and those of rows and gates come back. Gradients of stacks stay where the stacks are.
 *
 * <p>Arrays change devices in {@link #moved} and nowhere else. All work is issued by the calling thread, shard after shard. A GPU only
 * notes it down and returns, so the shards compute at the same time, and a copy between two devices waits for what it copies, not for
 * the other shards. The thread itself waits for each replica's choice of experts, which it needs to plan the rows' ways.
 *
 * <p>Where devices repeat, as in {@code cpu, cpu}, shards are as separate as on different devices, and one computes after the other.
 */
final class ShardedExperts {
    private static final String HIDDEN = "hidden";
    private static final String OUTPUT = "output";

    /** One range of experts with what it takes to compute them. */
    private record Shard(Kernels kernels, Device device, Parameter hidden, Parameter output, Experts experts) {}

    private final List<Shard> shards = new ArrayList<>();
    private final int[] begins;

    /**
     * @param devices of the shards, in the order of their experts
     * @param kernels for each device
     * @throws IllegalArgumentException if there are more devices than experts, or than groups of them
     */
    ShardedExperts(List<Device> devices, List<Kernels> kernels, Mixture configuration, int width) {
        int pieces = configuration.mostDevices();
        if (devices.size() > pieces) {
            throw new IllegalArgumentException("a mixture layer of " + pieces
                    + (configuration.gating().groups() == 0 ? " experts" : " groups")
                    + " can be spread over as many devices at most, but there are " + devices.size());
        }
        begins = new int[devices.size() + 1];
        for (int s = 0; s <= devices.size(); s++) {
            begins[s] = (int) ((long) pieces * s / devices.size()) * (configuration.experts() / pieces);
        }
        for (int s = 0; s < devices.size(); s++) {
            int number = begins[s + 1] - begins[s];
            Parameter hidden = stack(HIDDEN, number, configuration.hidden(), width);
            Parameter output = stack(OUTPUT, number, width, configuration.hidden());
            Experts experts = new Experts(kernels.get(s), hidden, output, number, ActivationMemory.configured());
            shards.add(new Shard(kernels.get(s), devices.get(s), hidden, output, experts));
        }
    }

    private static Parameter stack(String name, long... shape) {
        return Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.OTHER)
                .optShape(new Shape(shape))
                .build();
    }

    /** The stacks of all shards, {@code hidden.shard0} and so on, in their order. */
    Map<String, Parameter> parameters() {
        Map<String, Parameter> result = new LinkedHashMap<>();
        for (int s = 0; s < shards.size(); s++) {
            result.put(name(HIDDEN, s), shards.get(s).hidden());
        }
        for (int s = 0; s < shards.size(); s++) {
            result.put(name(OUTPUT, s), shards.get(s).output());
        }
        return result;
    }

    /** The same stacks with their gradients. */
    Map<String, ExpertStack> stacks() {
        Map<String, ExpertStack> result = new LinkedHashMap<>();
        for (int s = 0; s < shards.size(); s++) {
            result.put(name(HIDDEN, s), shards.get(s).experts().hidden());
            result.put(name(OUTPUT, s), shards.get(s).experts().output());
        }
        return result;
    }

    private static String name(String stack, int shard) {
        return stack + ".shard" + shard;
    }

    /**
     * Gives the stacks their random start: the numbers that undivided stacks would be given.
     *
     * @param manager on the device where the numbers are drawn, for all shards alike: each GPU has a random stream of its own, all of them
     *     seeded with the same number, so shards on different ones would start as copies of one another
     */
    void initialize(NDManager manager, DataType type) {
        for (Shard shard : shards) {
            start(shard, shard.hidden(), manager, type);
        }
        for (Shard shard : shards) {
            start(shard, shard.output(), manager, type);
        }
    }

    private static void start(Shard shard, Parameter stack, NDManager manager, DataType type) {
        try (NDManager scratch = manager.newSubManager()) {
            NDArray start = shard.experts().start(stack, scratch, type);
            Experts.set(stack, moved(shard.kernels(), manager.newSubManager(shard.device()), start));
        }
    }

    /** The same values on the manager's device, without gradient. */
    static NDArray moved(Kernels kernels, NDManager to, NDArray x) {
        try (NDArray there = to.create(0f)) {
            return kernels.run(to, "to_device_of", x, there).get(0);
        }
    }

    /** Computes the gated sums of what every replica assigned; replicas may be on any devices. */
    Pass forward(List<AssignedRows> replicas) {
        return new Pass(replicas);
    }

    /**
     * The way of one batch to the experts, and back. What belongs to a replica belongs to the manager of its rows; what belongs to a shard,
     * to one below that of the first replica.
     */
    final class Pass {
        private final List<AssignedRows> replicas;
        private final List<TravelPlan> plans = new ArrayList<>();
        private final List<NDManager> managers = new ArrayList<>();
        private final List<Experts.@Nullable Pass> passes = new ArrayList<>();
        private final List<NDArray> y;

        private Pass(List<AssignedRows> replicas) {
            this.replicas = replicas;
            replicas.forEach(replica -> plans.add(TravelPlan.of(replica, begins)));
            NDManager owner = replicas.get(0).x().getManager();
            for (int s = 0; s < shards.size(); s++) {
                managers.add(owner.newSubManager(shards.get(s).device()));
                passes.add(forward(s));
            }
            List<@Nullable NDArray> sums = new ArrayList<>();
            passes.forEach(pass -> sums.add(pass == null ? null : pass.y()));
            y = backAsRows(sums);
        }

        /** The rows of all replicas become one batch; null if there are none. */
        private Experts.@Nullable Pass forward(int s) {
            int assigned = plans.stream()
                    .mapToInt(plan -> plan.leg(s).experts().length)
                    .sum();
            if (assigned == 0) {
                return null;
            }
            int[] rows = new int[assigned];
            int[] experts = new int[assigned];
            int at = 0;
            int rowsBefore = 0;
            for (TravelPlan plan : plans) {
                TravelPlan.Leg leg = plan.leg(s);
                for (int i = 0; i < leg.experts().length; i++) {
                    rows[at] = rowsBefore + leg.rowOf()[i];
                    experts[at++] = leg.experts()[i];
                }
                rowsBefore += leg.rows().length;
            }
            NDArray x = sent(s, replicas.stream().map(AssignedRows::x).toList(), true);
            NDArray gates = sent(s, replicas.stream().map(AssignedRows::gates).toList(), false);
            return shards.get(s).experts().forward(new AssignedRows(x, gates, rows, experts));
        }

        /** To a shard, from every replica, what it has for it: of numbers per row, or of numbers per assignment. */
        private NDArray sent(int s, List<NDArray> ofReplicas, boolean perRow) {
            Kernels kernels = shards.get(s).kernels();
            NDList parts = new NDList();
            for (int r = 0; r < ofReplicas.size(); r++) {
                TravelPlan.Leg leg = plans.get(r).leg(s);
                if (leg.rows().length > 0) {
                    NDManager from = replicas.get(r).x().getManager();
                    try (NDArray index = from.create(perRow ? leg.rows() : leg.assignments());
                            NDArray picked = kernels.run(from, "in_order", ofReplicas.get(r), index)
                                    .get(0)) {
                        parts.add(moved(kernels, managers.get(s), picked));
                    }
                }
            }
            return joined(parts);
        }

        /** Back to every replica, from all shards, one row for each that travelled; added up for each row that stayed. */
        private List<NDArray> backAsRows(List<@Nullable NDArray> ofShards) {
            List<NDArray> result = new ArrayList<>();
            for (int r = 0; r < replicas.size(); r++) {
                NDArray x = replicas.get(r).x();
                Kernels kernels = shards.get(0).kernels();
                TravelPlan plan = plans.get(r);
                if (plan.travels() == 0) {
                    result.add(kernels.run(x.getManager(), "zeros_like", x).get(0));
                    continue;
                }
                try (NDArray returned = returned(r, ofShards, true);
                        NDArray slots = x.getManager().create(plan.slots());
                        NDArray firsts = x.getManager().create(plan.begins())) {
                    result.add(kernels.run(x.getManager(), "sum_of_slots", returned, slots, firsts)
                            .get(0));
                }
            }
            return result;
        }

        /** Back to one replica, from all shards. */
        private NDArray returned(int r, List<@Nullable NDArray> ofShards, boolean perRow) {
            NDList parts = new NDList();
            for (int s = 0; s < shards.size(); s++) {
                NDArray all = ofShards.get(s);
                int begin = 0;
                for (int before = 0; before < r; before++) {
                    begin += size(before, s, perRow);
                }
                int size = size(r, s, perRow);
                if (all != null && size > 0) {
                    try (NDArray part = all.get(new NDIndex().addSliceDim(begin, begin + size))) {
                        parts.add(moved(
                                shards.get(s).kernels(), replicas.get(r).x().getManager(), part));
                    }
                }
            }
            return joined(parts);
        }

        private int size(int r, int s, boolean perRow) {
            TravelPlan.Leg leg = plans.get(r).leg(s);
            return perRow ? leg.rows().length : leg.assignments().length;
        }

        /** One after the other; closes the parts. */
        private static NDArray joined(NDList parts) {
            if (parts.size() == 1) {
                return parts.get(0);
            }
            NDArray result = NDArrays.concat(parts, 0);
            parts.close();
            return result;
        }

        /** The gated sums of every replica, {@code [N, D]}, without gradient. */
        List<NDArray> y() {
            return y;
        }

        /** Rows that each expert computed, {@code [E]}. */
        int[] counts() {
            int[] counts = new int[begins[shards.size()]];
            for (int s = 0; s < shards.size(); s++) {
                Experts.Pass pass = passes.get(s);
                if (pass != null) {
                    System.arraycopy(pass.counts(), 0, counts, begins[s], pass.counts().length);
                }
            }
            return counts;
        }

        /** Rows of all replicas that travelled, one counted for each shard that it went to. */
        int travels() {
            return plans.stream().mapToInt(TravelPlan::travels).sum();
        }

        /**
         * Takes the gradient; that of the stacks is added to what they hold.
         *
         * @param dy for every replica the gradient of its gated sums
         * @return for every replica the gradients of its rows {@code [N, D]} and of its gates {@code [A]}
         */
        List<NDList> backward(List<NDArray> dy) {
            List<@Nullable NDArray> dx = new ArrayList<>();
            List<@Nullable NDArray> dGates = new ArrayList<>();
            for (int s = 0; s < shards.size(); s++) {
                Experts.Pass pass = passes.get(s);
                NDList gradients = pass == null ? null : pass.backward(sent(s, dy, true));
                dx.add(gradients == null ? null : gradients.get(0));
                dGates.add(gradients == null ? null : gradients.get(1));
            }
            List<NDArray> ofRows = backAsRows(dx);
            List<NDList> result = new ArrayList<>();
            for (int r = 0; r < replicas.size(); r++) {
                result.add(new NDList(ofRows.get(r), backAsAssignments(r, dGates)));
            }
            return result;
        }

        private NDArray backAsAssignments(int r, List<@Nullable NDArray> ofShards) {
            NDArray gates = replicas.get(r).gates();
            Kernels kernels = shards.get(0).kernels();
            if (plans.get(r).travels() == 0) {
                return kernels.run(gates.getManager(), "zeros_like", gates).get(0);
            }
            try (NDArray returned = returned(r, ofShards, false);
                    NDArray order = gates.getManager().create(plans.get(r).assignmentSlots())) {
                return kernels.run(gates.getManager(), "in_order", returned, order)
                        .get(0);
            }
        }
    }

    /** The experts of each shard, from its first on, and their number at the end. */
    int[] begins() {
        return Arrays.copyOf(begins, begins.length);
    }
}
