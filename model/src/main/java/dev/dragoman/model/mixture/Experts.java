package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The experts of a layer when training, on one device: {@code E_i(x) = relu(x hidden_i^T) output_i^T}, stacks {@code hidden [E, H, D]} and
 * {@code output [E, D, H]}.
 *
 * <p>They take no part in the engine's graph. More hidden activations than {@link ActivationMemory} allows are not kept but computed again
 * for the gradient (Shazeer et al. 2017, appendix D), and the gradient of a stack is written for the experts that were chosen, into an
 * array that is made once.
 */
final class Experts {
    private final Kernels kernels;
    private final Parameter hidden;
    private final Parameter output;
    private final boolean[] touched;
    private final ActivationMemory memory;
    private @Nullable Gradients gradients;

    Experts(Kernels kernels, Parameter hidden, Parameter output, int experts, ActivationMemory memory) {
        this.kernels = kernels;
        this.hidden = hidden;
        this.output = output;
        touched = new boolean[experts];
        this.memory = memory;
    }

    /**
     * Gives both stacks their random start: uniform with the variance {@code 1 / in}, so that outputs vary as inputs do.
     *
     * @param type float32 or bfloat16
     */
    void initialize(NDManager manager, DataType type) {
        for (Parameter stack : List.of(hidden, output)) {
            set(stack, start(stack, manager, type));
        }
    }

    /** The random start of one stack, not yet in it. */
    NDArray start(Parameter stack, NDManager manager, DataType type) {
        long[] shape = stack.getShape().getShape();
        double bound = Math.sqrt(3.0 / shape[2]);
        try (NDArray like = manager.create(0f)) {
            return kernels.run(manager, "uniform", like, shape, bound, type == DataType.BFLOAT16 ? 1L : 0L)
                    .get(0);
        }
    }

    static void set(Parameter stack, NDArray array) {
        // DJL takes an array only where no shape was set before.
        stack.setShape(null);
        stack.setArray(array);
    }

    /** Of the stacks, each shaped and typed as its own, and with the same owner. */
    private record Gradients(NDArray hidden, NDArray output) {}

    /** Made when first asked for, so that serving has none. */
    private Gradients gradients() {
        if (gradients == null) {
            gradients = new Gradients(zerosLike(hidden), zerosLike(output));
        }
        return gradients;
    }

    /** By a kernel, since DJL makes no arrays of bfloat16. */
    private NDArray zerosLike(Parameter stack) {
        NDArray array = stack.getArray();
        return kernels.run(array.getManager(), "zeros_like", array).get(0);
    }

    /** The hidden matrices with their gradient. */
    ExpertStack hidden() {
        return new ExpertStack(hidden, gradients().hidden(), touched);
    }

    /** The output matrices with their gradient. */
    ExpertStack output() {
        return new ExpertStack(output, gradients().output(), touched);
    }

    /**
     * Computes the gated sums of a batch.
     *
     * @param batch stays as it is until the gradient is taken
     */
    Pass forward(AssignedRows batch) {
        return new Pass(
                batch.x(),
                batch.gates(),
                DispatchPlan.of(
                        batch.rows(),
                        batch.experts(),
                        batch.count(),
                        touched.length,
                        sizes(batch.x()),
                        2 * hidden.getShape().slice(1).size()));
    }

    private boolean keeps(int slots) {
        return memory.holds(
                slots, hidden.getShape().get(1), kernels.settings().compute().bytes());
    }

    private DispatchPlan.Sizes sizes(NDArray x) {
        boolean exact = kernels.settings().compute() == Compute.FLOAT32
                && !x.getDevice().isGpu();
        return exact ? DispatchPlan.Sizes.EXACT : DispatchPlan.Sizes.ROUNDED;
    }

    /** The way of one batch through the experts, and back; arrays belong to the manager of {@code x}. */
    final class Pass {
        private final NDArray x;
        private final NDArray gates;
        private final DispatchPlan plan;
        private final NDArray sources;
        private final NDArray slotsByRow;
        private final NDArray begins;
        private final NDArray kept;
        private final NDArray y;

        private Pass(NDArray x, NDArray gates, DispatchPlan plan) {
            this.x = x;
            this.gates = gates;
            this.plan = plan;
            NDManager manager = x.getManager();
            sources = manager.create(plan.sources());
            slotsByRow = manager.create(plan.slotsByRow());
            begins = manager.create(plan.begins());
            try (NDManager scratch = manager.newSubManager()) {
                NDList slots = kernels.run(
                        scratch,
                        "experts_forward",
                        x,
                        sources,
                        plan.products(new boolean[touched.length]),
                        hidden.getArray(),
                        output.getArray(),
                        keeps(plan.slots()) ? 1L : 0L);
                kept = slots.get(1);
                kept.attach(manager);
                NDArray weights = kernels.run(scratch, "in_order", gates, scratch.create(plan.byRow()))
                        .get(0);
                y = kernels.run(manager, "weighted_sum_of_slots", slots.get(0), slotsByRow, begins, weights)
                        .get(0);
            }
        }

        /** The gated sums {@code [N, D]}, without gradient. */
        NDArray y() {
            return y;
        }

        /** Rows that each expert computed, {@code [E]}. */
        int[] counts() {
            return plan.counts();
        }

        /**
         * Takes the gradient; that of the stacks is added to what they hold.
         *
         * @param dy gradient of the gated sums {@code [N, D]}
         * @return the gradients of the rows {@code [N, D]} and of the gates {@code [A]}
         */
        NDList backward(NDArray dy) {
            Gradients into = gradients();
            clearStale(into);
            NDManager manager = x.getManager();
            try (NDManager scratch = manager.newSubManager()) {
                NDArray gatesOfSlots = kernels.run(
                                scratch, "gates_of_slots", gates, scratch.create(plan.assignmentOfSlot()))
                        .get(0);
                NDList slots = kernels.run(
                        scratch,
                        "experts_backward",
                        x,
                        dy,
                        sources,
                        gatesOfSlots,
                        kept,
                        plan.products(touched),
                        hidden.getArray(),
                        output.getArray(),
                        into.hidden(),
                        into.output());
                for (int e = 0; e < touched.length; e++) {
                    touched[e] |= plan.counts()[e] > 0;
                }
                NDArray dx = kernels.run(manager, "sum_of_slots", slots.get(0), slotsByRow, begins)
                        .get(0);
                NDArray dGates = kernels.run(manager, "in_order", slots.get(1), scratch.create(plan.slotOfAssignment()))
                        .get(0);
                return new NDList(dx, dGates);
            }
        }

        /** Where some experts of a product hold a gradient already and others do not, the latter start from zero. */
        private void clearStale(Gradients into) {
            List<Long> stale = new ArrayList<>();
            long[] products = plan.products(touched);
            for (int i = 0; i < products.length; i += 4) {
                for (long e = products[i]; products[i + 3] != 0 && e < products[i] + products[i + 1]; e++) {
                    if (!touched[(int) e]) {
                        stale.add(e);
                    }
                }
            }
            if (!stale.isEmpty()) {
                long[] experts = stale.stream().mapToLong(Long::longValue).toArray();
                kernels.number("clear_experts", into.hidden(), experts);
                kernels.number("clear_experts", into.output(), experts);
            }
        }
    }
}
