package dev.dragoman.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertStack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The optimiser of expert weights (Shazeer et al. 2017, appendix D): Adam without a first moment, the second moment of an expert's
 * matrix {@code [p, q]} kept as the means of its rows and of its columns, {@code p + q} numbers instead of {@code 2pq}.
 *
 * <p>With {@code g} the gradient: {@code R = beta2 R + (1 - beta2) rowmean(g^2)}, {@code C} likewise of columns,
 * {@code V = R C^T / mean(R)}, {@code w = w - rate g / sqrt(V)}. Where the paper is silent: {@code V} is divided by
 * {@code 1 - beta2^n} after n updates, as in Adam, and the step is scaled down so that the root mean square of {@code step / rate} is at
 * most {@code clipRms}, as in Adafactor (Shazeer and Stern 2018).
 *
 * <p>Lazy: an expert that no row of the batch has chosen is neither read nor written, and does not count the update. So an update costs
 * by the experts in use, however many there are.
 *
 * <p>What is remembered of a stack is on the stack's device.
 *
 * <p>Weights and gradients are in float32 or bfloat16; of the latter, a step is rounded up or down at random so that it counts on average.
 */
public final class FactoredOptimizer implements Optimizer {
    /** Numbers of a stack that are worked on at a time: with what is computed of them they fit into a processor's cache. */
    private static final int RUN_NUMBERS = 1 << 17;

    private static final String ROW = "row.";
    private static final String COLUMN = "column.";
    private static final String UPDATES = "updates.";

    private final Kernels kernels;
    private final Recipe.Experts constants;
    private final List<Stack> stacks = new ArrayList<>();

    /** A stack of experts {@code [E, out, in]} and what is remembered of it: {@code [E, out]}, {@code [E, in]} and {@code [E]}. */
    private record Stack(String name, ExpertStack experts, NDArray row, NDArray column, NDArray updates) {}

    /**
     * For stacks of experts.
     *
     * @param experts by path
     * @param manager owns what is remembered
     */
    public FactoredOptimizer(
            Kernels kernels, Map<String, ExpertStack> experts, Recipe.Experts constants, NDManager manager) {
        this.kernels = kernels;
        this.constants = constants;
        // In the order of their names, as the noise of rounding is drawn stack by stack.
        new TreeMap<>(experts).forEach((name, stack) -> {
            Shape shape = stack.parameter().getArray().getShape();
            Device device = stack.parameter().getArray().getDevice();
            stacks.add(new Stack(
                    name,
                    stack,
                    manager.zeros(new Shape(shape.get(0), shape.get(1)), DataType.FLOAT32, device),
                    manager.zeros(new Shape(shape.get(0), shape.get(2)), DataType.FLOAT32, device),
                    manager.zeros(new Shape(shape.get(0)), DataType.FLOAT32, device)));
        });
    }

    /** What one pass over the gradients tells; belongs to the scratch manager it was measured with. */
    record Measured(List<Moments> stacks, double norm) {}

    /** Of the experts in {@code runs} what the kernel {@code factored_measure} gives: means as they will be, and factors of the step. */
    private record Moments(Runs runs, NDArray experts, NDArray rows, NDArray columns, NDArray factors) {}

    /**
     * Experts that are worked on together, at most {@link #RUN_NUMBERS} numbers: neighbours, which lie side by side, or any that are first
     * gathered, where neighbours are too few for a run of their own to be worth its beginning.
     *
     * @param experts all of them, in order
     * @param starts of each run the first of its neighbours, -1 where it is gathered
     * @param sizes of each run
     */
    record Runs(long[] experts, long[] starts, long[] sizes) {
        static Runs of(boolean[] touched, long numbersPerExpert) {
            long[] experts = IntStream.range(0, touched.length)
                    .filter(expert -> touched[expert])
                    .asLongStream()
                    .toArray();
            int most = (int) Math.max(1, RUN_NUMBERS / numbersPerExpert);
            long[] starts = new long[experts.length];
            long[] sizes = new long[experts.length];
            int runs = 0;
            for (int at = 0; at < experts.length; at += (int) sizes[runs++]) {
                int neighbours = 1;
                while (neighbours < most
                        && at + neighbours < experts.length
                        && experts[at + neighbours] == experts[at] + neighbours) {
                    neighbours++;
                }
                boolean together = 2 * neighbours >= most || at + neighbours == experts.length;
                starts[runs] = together ? experts[at] : -1;
                sizes[runs] = together ? neighbours : Math.min(most, experts.length - at);
            }
            return new Runs(experts, Arrays.copyOf(starts, runs), Arrays.copyOf(sizes, runs));
        }
    }

    @Override
    public double update(NDManager scratch, Step step) {
        Measured measured = measure(scratch);
        if (step.takes(measured.norm())) {
            apply(scratch, measured, step.learningRate());
        } else {
            forget();
        }
        return measured.norm();
    }

    /** Reads the gradients; changes nothing. */
    Measured measure(NDManager scratch) {
        List<Moments> all = new ArrayList<>();
        double sum = 0;
        for (Stack stack : stacks) {
            NDArray gradient = stack.experts.gradient();
            Shape shape = gradient.getShape();
            Runs runs = Runs.of(stack.experts.touched(), shape.get(1) * shape.get(2));
            if (runs.starts.length == 0) {
                NDArray none = scratch.zeros(new Shape(0));
                all.add(new Moments(runs, none, none, none, none));
                continue;
            }
            NDArray experts = scratch.create(runs.experts).toDevice(gradient.getDevice(), false);
            NDList moments = kernels.run(
                    scratch,
                    "factored_measure",
                    gradient,
                    stack.row,
                    stack.column,
                    stack.updates,
                    experts,
                    runs.starts,
                    runs.sizes,
                    constants.beta2(),
                    constants.epsilon(),
                    constants.clipRms());
            all.add(new Moments(runs, experts, moments.get(0), moments.get(1), moments.get(2)));
            sum += moments.get(3).getFloat();
        }
        return new Measured(all, Math.sqrt(sum));
    }

    /** Takes the step of what was measured, and marks all experts as without a gradient. */
    void apply(NDManager scratch, Measured measured, double learningRate) {
        for (int i = 0; i < stacks.size(); i++) {
            Stack stack = stacks.get(i);
            Moments moments = measured.stacks.get(i);
            if (moments.runs.starts.length == 0) {
                continue;
            }
            kernels.number(
                    "factored_update",
                    stack.experts.parameter().getArray(),
                    stack.experts.gradient(),
                    stack.row,
                    stack.column,
                    stack.updates,
                    moments.experts,
                    moments.rows,
                    moments.columns,
                    moments.factors,
                    moments.runs.starts,
                    moments.runs.sizes,
                    learningRate);
        }
        // Last, since the stacks of a layer share the marks.
        forget();
    }

    /** Marks all experts as without a gradient. */
    void forget() {
        for (Stack stack : stacks) {
            Arrays.fill(stack.experts.touched(), false);
        }
    }

    @Override
    public Map<String, NDArray> state() {
        Map<String, NDArray> state = new LinkedHashMap<>();
        for (Stack stack : stacks) {
            state.put(ROW + stack.name, stack.row);
            state.put(COLUMN + stack.name, stack.column);
            state.put(UPDATES + stack.name, stack.updates);
        }
        return state;
    }
}
