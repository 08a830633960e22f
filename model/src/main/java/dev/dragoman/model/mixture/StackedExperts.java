package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.dragoman.model.kernel.Kernels;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Experts that are used where their stacks lie, in memory or in mapped files: gate, products and sum are one call, which touches the
 * chosen experts only.
 */
final class StackedExperts implements ServedExperts {
    private final Kernels kernels;
    private final Gate gate;
    private final boolean sigmoid;
    private final Supplier<ExpertMatrices> matrices;
    private final ExpertUsage usage;
    private final boolean resident;

    /**
     * @param matrices asked for at each use, since a trainer's parameters may get other arrays
     * @param resident whether they are on the device, to be gathered there
     */
    StackedExperts(
            Kernels kernels,
            Gate gate,
            boolean sigmoid,
            Supplier<ExpertMatrices> matrices,
            ExpertUsage usage,
            boolean resident) {
        this.kernels = kernels;
        this.gate = gate;
        this.sigmoid = sigmoid;
        this.matrices = matrices;
        this.usage = usage;
        this.resident = resident;
    }

    @Override
    public NDArray apply(NDArray x) {
        ExpertMatrices stacks = matrices.get();
        NDList result = kernels.run(
                x.getManager(),
                "mixture_rows",
                x,
                gate.servingKind(),
                gate.servingWeights(),
                stacks.hidden(),
                stacks.output(),
                stacks.hiddenScales(),
                stacks.outputScales(),
                (long) stacks.perPart(),
                sigmoid ? 1L : 0L);
        try (NDArray experts = result.get(1);
                NDArray gates = result.get(2)) {
            usage.add(experts.toLongArray(), gates.toFloatArray());
        }
        return result.get(0);
    }

    @Override
    public Optional<ExpertMatrices> resident() {
        return resident ? Optional.of(matrices.get()) : Optional.empty();
    }
}
