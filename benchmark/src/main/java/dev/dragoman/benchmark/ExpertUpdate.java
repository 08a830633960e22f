package dev.dragoman.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertStack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** The trainer's update of experts with its default constants, by the kernels that the trainer calls. */
final class ExpertUpdate {
    /** Numbers of a stack that are worked on at a time, as in the trainer. */
    private static final int RUN_NUMBERS = 1 << 19;

    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final double CLIP = 1;

    private final Kernels kernels;
    private final NDManager manager;
    private final List<Stack> stacks = new ArrayList<>();

    private record Stack(ExpertStack experts, NDArray row, NDArray column, NDArray updates) {}

    /**
     * For the stacks of a layer.
     *
     * @param manager owns what is remembered from update to update
     */
    ExpertUpdate(Kernels kernels, Collection<ExpertStack> experts, NDManager manager) {
        this.kernels = kernels;
        this.manager = manager;
        for (ExpertStack stack : experts) {
            Shape shape = stack.parameter().getArray().getShape();
            stacks.add(new Stack(
                    stack,
                    manager.zeros(new Shape(shape.get(0), shape.get(1))),
                    manager.zeros(new Shape(shape.get(0), shape.get(2))),
                    manager.zeros(new Shape(shape.get(0)))));
        }
    }

    /** One update of the experts that have a gradient, which is spent then. */
    void apply(double rate) {
        try (NDManager scratch = manager.newSubManager()) {
            for (Stack stack : stacks) {
                Shape shape = stack.row.getShape();
                long[][] runs = runs(
                        stack.experts.touched(),
                        shape.get(1) * stack.column.getShape().get(1));
                NDList squares = kernels.run(scratch, "factored_squares", stack.experts.gradient(), runs[0], runs[1]);
                kernels.run(
                        scratch,
                        "factored_update",
                        stack.experts.parameter().getArray(),
                        stack.experts.gradient(),
                        stack.row,
                        stack.column,
                        stack.updates,
                        squares.get(0),
                        squares.get(1),
                        runs[0],
                        runs[1],
                        rate,
                        BETA2,
                        EPSILON,
                        CLIP);
            }
        }
        stacks.forEach(stack -> Arrays.fill(stack.experts.touched(), false));
    }

    /** First experts and lengths of runs of neighbours that have a gradient. */
    static long[][] runs(boolean[] touched, long numbersPerExpert) {
        long most = Math.max(1, RUN_NUMBERS / numbersPerExpert);
        List<Long> starts = new ArrayList<>();
        List<Long> sizes = new ArrayList<>();
        for (int from = 0; from < touched.length; ) {
            int to = from;
            while (to < touched.length && touched[to] && to - from < most) {
                to++;
            }
            if (to > from) {
                starts.add((long) from);
                sizes.add((long) (to - from));
            }
            from = Math.max(to, from + 1);
        }
        return new long[][] {longs(starts), longs(sizes)};
    }

    private static long[] longs(List<Long> values) {
        return values.stream().mapToLong(Long::longValue).toArray();
    }
}
