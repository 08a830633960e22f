package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.kernel.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Experts that lie on the host, in mapped files, and are computed on a device: those that a batch chooses are looked up in a cache of
 * experts there. A batch that chooses more than may be in use at once is computed in chunks of experts.
 *
 * <p>The numbers are those of {@link StackedExperts}: the same rows of an expert make the same products, summed in the same order.
 */
final class CachedExperts implements ServedExperts {
    private final Kernels kernels;
    private final Gate gate;
    private final boolean sigmoid;
    private final ExpertMatrices host;
    private final int layer;
    private final ExpertCache cache;
    /** Shows the kernel where the device is. */
    private final NDArray device;

    private final ExpertUsage usage;

    /**
     * @param host the stacks
     * @param layer number of this layer in the cache
     * @param device owns the resident experts
     */
    CachedExperts(
            Kernels kernels,
            Gate gate,
            boolean sigmoid,
            ExpertMatrices host,
            int layer,
            ExpertCache cache,
            NDManager device,
            ExpertUsage usage) {
        this.kernels = kernels;
        this.gate = gate;
        this.sigmoid = sigmoid;
        this.host = host;
        this.layer = layer;
        this.cache = cache;
        this.device = device.create(0f);
        this.usage = usage;
    }

    @Override
    public NDArray apply(NDArray x) {
        try (NDManager scratch = x.getManager().newSubManager()) {
            NDList choice = kernels.run(scratch, "mixture_choice", x, gate.servingKind(), gate.servingWeights());
            long[] rowsAndExperts = choice.get(1).toLongArray();
            usage.add(
                    Arrays.copyOfRange(rowsAndExperts, rowsAndExperts.length / 2, rowsAndExperts.length),
                    choice.get(2).toFloatArray());
            SortedAssignments sorted = SortedAssignments.of(rowsAndExperts);
            List<NDArray> chunks = new ArrayList<>();
            for (int from = 0; from < sorted.experts().length; from += cache.mostAtOnce()) {
                int to = Math.min(sorted.experts().length, from + cache.mostAtOnce());
                chunks.add(chunk(scratch, x, sorted, from, to));
            }
            if (chunks.isEmpty()) {
                chunks.add(scratch.create(new Shape(0, x.getShape().get(1))));
            }
            return kernels.run(
                            x.getManager(),
                            "sums_of_chunks",
                            x,
                            chunks,
                            scratch.create(sorted.slots()),
                            scratch.create(sorted.rows()),
                            choice.get(0),
                            sigmoid ? 1L : 0L)
                    .get(0);
        }
    }

    /** Outputs for the assignments of experts {@code from} to {@code to} of those that were chosen. */
    private NDArray chunk(NDManager scratch, NDArray x, SortedAssignments sorted, int from, int to) {
        int[] experts = Arrays.copyOfRange(sorted.experts(), from, to);
        int[] counts = Arrays.copyOfRange(sorted.counts(), from, to);
        try (ExpertCache.InUse inUse = cache.use(layer, experts, this::copy)) {
            List<ResidentExpert> resident = inUse.experts();
            int last = host.partsOf(0).size() - 1;
            return kernels.run(
                            scratch,
                            "experts_fetched",
                            x,
                            scratch.create(sorted.sources(from, to)),
                            Arrays.stream(counts).asLongStream().toArray(),
                            each(resident, 0),
                            each(resident, 1),
                            host.hiddenScales().isEmpty() ? List.of() : each(resident, 2),
                            host.outputScales().isEmpty() ? List.of() : each(resident, last))
                    .get(0);
        }
    }

    private static List<NDArray> each(List<ResidentExpert> experts, int i) {
        return experts.stream().map(expert -> expert.arrays().get(i)).toList();
    }

    private NDList copy(int expert) {
        return kernels.run(device.getManager(), "copy_expert", host.partsOf(expert), host.placeOf(expert), device);
    }
}
