package dev.dragoman.model.mixture;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.block.GradientTape;
import dev.dragoman.model.block.Initializers;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.kernel.Kernels;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sparsely-gated mixture of experts (Shazeer et al. 2017, section 2): {@code y = sum_i G(x)_i E_i(x)} over the experts that a
 * gate keeps, each expert a feed-forward net with one ReLU layer and no biases.
 *
 * <p>Rows are sorted by expert, each expert computes its own rows in one product, and results return to their rows weighted by the gates;
 * an expert that no row chose computes nothing, and no row is ever dropped. Gates see real positions only, so padding neither takes part
 * in the balance nor is changed by it. Noise is drawn when training only.
 *
 * <p>Parameters: those of the {@link Gate}; {@code hidden [E, H, D]} and {@code output [E, D, H]}, one matrix per expert, outputs first.
 */
public final class MixtureOfExperts extends NetworkBlock {
    private final Mixture configuration;
    private final int width;
    private final Gate gate;
    private final Experts experts;
    private final Parameter hidden;
    private final Parameter output;
    private final ExpertUsage usage;
    private ServedExperts served;

    public MixtureOfExperts(Kernels kernels, Mixture configuration, int width) {
        this(kernels, configuration, width, ActivationMemory.configured());
    }

    MixtureOfExperts(Kernels kernels, Mixture configuration, int width, ActivationMemory memory) {
        super(kernels);
        this.configuration = configuration;
        this.width = width;
        gate = new Gate(kernels, configuration, width, this::parameter);
        int number = configuration.experts();
        hidden = parameter("hidden", Initializers.fanIn(width), number, configuration.hidden(), width);
        output = parameter("output", Initializers.fanIn(configuration.hidden()), number, width, configuration.hidden());
        experts = new Experts(kernels, hidden, output, number, memory);
        usage = new ExpertUsage(number);
        served = stacked(this::ofParameters, false);
    }

    /**
     * What the layer makes of a batch when training.
     *
     * @param y {@code [T, B, D]}, zero at padding
     * @param x the layer's input, to be used instead of what was handed in by whatever else reads it, such as a residual connection: the
     *     graph above ends here
     * @param balance what the gate adds to the loss, weighted; its gradient is taken care of
     * @param load how evenly the experts were used
     */
    public record Trained(NDArray y, NDArray x, double balance, ExpertLoad load) {}

    /**
     * Applies the layer to all real positions of a batch at once, with noise.
     *
     * @param x {@code [T, B, D]}, recording gradients
     * @param rows {@code [N]} flat indices of the real positions
     * @param tape takes the layer's part of the backward pass
     */
    public Trained train(NDArray x, NDArray rows, GradientTape tape) {
        return train(x, rows, tape, noise(x.getManager(), rows.size()));
    }

    /** As {@link #train(NDArray, NDArray, GradientTape)} with the noise given: standard normal numbers of {@link #noiseShapes}. */
    public Trained train(NDArray x, NDArray rows, GradientTape tape, List<NDArray> noise) {
        Passage passage = new Passage(x, rows, noise);
        Routing routing = passage.routing();
        NDArray terms = routing.terms();
        NDArray weights = weights(terms);
        Experts.Pass pass = experts.forward(passage.assigned());
        NDArray y = passage.leave(pass.y());
        tape.onBackward(() -> passage.backward(
                pass.backward(passage.gradient()), terms, weights.mul(GradientTape.filled(weights, tape.share()))));
        return new Trained(
                y,
                passage.leaf(),
                terms.stopGradient()
                        .mul(weights)
                        .sum()
                        .toType(DataType.FLOAT32, false)
                        .getFloat(),
                new ExpertLoad(floats(routing.importance()), floats(routing.load()), pass.counts()));
    }

    /** A batch on its way through the layer when training, but for the experts: the gate before them, and what comes after them. */
    final class Passage {
        private final NDArray x;
        private final NDArray rows;
        private final NDArray leaf;
        private final NDArray real;
        private final Routing routing;
        private @Nullable NDArray sums;

        /** Assigns the rows to experts; arguments as of {@link #train}. */
        Passage(NDArray x, NDArray rows, List<NDArray> noise) {
            this.x = x;
            this.rows = rows;
            leaf = GradientTape.leaf(x);
            real = kernels.one("real_rows", true, leaf, rows);
            routing = gate.train(kernels.one("widen", true, real), noise);
        }

        Routing routing() {
            return routing;
        }

        /** The layer's input, as {@link Trained} has it. */
        NDArray leaf() {
            return leaf;
        }

        /** What the experts are given. */
        AssignedRows assigned() {
            return new AssignedRows(real.stopGradient(), routing.gates(), routing.rows(), routing.experts());
        }

        /** The layer's output {@code [T, B, D]} from the experts' gated sums {@code [N, D]}. */
        NDArray leave(NDArray y) {
            sums = GradientTape.leafOfUnrecorded(y);
            NDArray squashed = configuration.sigmoid() ? kernels.one("sigmoid", true, sums) : sums;
            return kernels.one("padded", true, squashed, rows, leaf);
        }

        /** That of the gated sums, when it has come down to them. */
        NDArray gradient() {
            return Objects.requireNonNull(sums).getGradient();
        }

        /**
         * Carries the gradient on into the graph below.
         *
         * @param ofExperts gradients of the rows {@code [N, D]} and of the gates {@code [A]}
         * @param terms numbers of the routing that the loss has a part in, with gradient
         * @param weights the slope of the loss at each of them
         */
        void backward(NDList ofExperts, NDArray terms, NDArray weights) {
            NDArray objective = kernels.one(
                    "gate_objective", true, routing.gates(), ofExperts.get(1).duplicate(), terms, weights);
            // Through the gate into the leaf, beside what reached it from above; then on, with what came through the
            // experts.
            GradientTape.backward(objective, objective.onesLike());
            routing.onward().run();
            NDArray total = kernels.one("add_at_rows", true, leaf.getGradient(), rows, ofExperts.get(0));
            GradientTape.backward(x, total);
        }
    }

    /** Shapes of the noise that {@link #train} takes for {@code rows} real positions; none where the gate has no noise. */
    public List<Shape> noiseShapes(long rows) {
        return gate.noiseShapes(rows);
    }

    /** Draws the noise of a batch. */
    List<NDArray> noise(NDManager manager, long rows) {
        return gate.noise(manager, rows);
    }

    private NDArray weights(NDArray terms) {
        double[] values = new double[(int) terms.size()];
        values[0] = configuration.importanceWeight();
        values[1] = configuration.loadWeight();
        if (values.length > 2) {
            values[2] = 1;
        }
        return terms.getManager().create(values).toType(terms.getDataType(), false);
    }

    private static float[] floats(NDArray array) {
        return array.stopGradient().toType(DataType.FLOAT32, false).toFloatArray();
    }

    /** Serving: {@code [T, B, D]} to the same, zero at padding. */
    public NDArray sequence(NDArray x, NDArray rows) {
        NDArray y = rows(kernels.one("real_rows", false, x, rows));
        return kernels.one("padded", false, y, rows, x);
    }

    /** Serving: rows {@code [N, D]} to the same. */
    public NDArray rows(NDArray x) {
        return served.apply(x);
    }

    private ServedExperts stacked(Supplier<ExpertMatrices> matrices, boolean resident) {
        return new StackedExperts(kernels, gate, configuration.sigmoid(), matrices, usage, resident);
    }

    private ExpertMatrices ofParameters() {
        return ExpertMatrices.whole(hidden.getArray(), output.getArray());
    }

    /** The layer as a decoder step in one call takes it; empty where the experts are elsewhere or the gate gives rows different numbers. */
    public Optional<GatheredMixture> gathered() {
        OptionalInt assignments = gate.assignmentsPerRow();
        if (assignments.isEmpty()) {
            return Optional.empty();
        }
        return served.resident()
                .map(stacks -> new GatheredMixture(
                        gate.servingKind(),
                        gate.servingWeights(),
                        stacks.hidden().get(0),
                        stacks.output().get(0),
                        Stream.concat(stacks.hiddenScales().stream(), stacks.outputScales().stream())
                                .toList(),
                        configuration.sigmoid(),
                        assignments.getAsInt(),
                        usage));
    }

    /** Maps the stacks of this layer, of which {@code path} is the name in the files. */
    ExpertMatrices map(WeightFiles files, String path, long partBytes, NDManager host) {
        return ExpertMatrices.map(kernels, files, path, hidden.getShape(), output.getShape(), partBytes, host);
    }

    /** From now on serves these experts and not those of the parameters. Not safe while another thread serves. */
    void serve(ExpertMatrices matrices) {
        served = stacked(() -> matrices, false);
    }

    /** As {@link #serve}, of stacks that are whole and on the device. */
    void serveResident(ExpertMatrices matrices) {
        served = stacked(() -> matrices, true);
    }

    /** From now on lets decoder steps gather experts of the parameters. */
    void serveResident() {
        served = stacked(this::ofParameters, true);
    }

    /** As {@link #serve}, with a cache on a device. */
    void serveCached(ExpertMatrices host, int layer, ExpertCache cache, NDManager device) {
        served = new CachedExperts(kernels, gate, configuration.sigmoid(), host, layer, cache, device, usage);
    }

    /** How much each expert has computed in serving. */
    ExpertUsage usage() {
        return usage;
    }

    /** What serving gives the experts of the real positions of {@code [T, B, D]}, not counted as used. */
    AssignedRows assign(NDArray x, NDArray rows) {
        NDArray real = kernels.one("real_rows", false, x, rows);
        NDList assigned = kernels.run(
                x.getManager(),
                "serve_gate",
                kernels.one("widen", false, real),
                gate.servingKind(),
                gate.servingWeights());
        return new AssignedRows(real, assigned.get(0), Gate.ints(assigned.get(1)), Gate.ints(assigned.get(2)));
    }

    /** What serving makes of the experts' gated sums {@code [N, D]}: padded as {@code x}. */
    NDArray finish(NDArray sums, NDArray rows, NDArray x) {
        return kernels.one(
                "padded", false, configuration.sigmoid() ? kernels.one("sigmoid", false, sums) : sums, rows, x);
    }

    /** The load from sums over the rows of several routings, recording gradients. */
    NDArray load(NDArray loadSums) {
        return gate.load(loadSums);
    }

    /** Squared coefficient of variation, recording gradients. */
    NDArray squaredCv(NDArray perExpert) {
        return kernels.one("cv_squared", true, perExpert);
    }

    /** A copy on the manager's device, which the engine can record gradients of. */
    NDArray moved(NDManager to, NDArray x) {
        return ShardedExperts.moved(kernels, to, x).duplicate();
    }

    Kernels kernels() {
        return kernels;
    }

    Mixture configuration() {
        return configuration;
    }

    int width() {
        return width;
    }

    /** Gives all parameters their random start; {@code expertType} is that of the stacks, the others are float32. */
    public void initialize(NDManager manager, DataType expertType) {
        initializeGate(manager);
        experts.initialize(manager, expertType);
    }

    /** Gives the gate its random start. */
    void initializeGate(NDManager manager) {
        namedParameters().forEach((name, parameter) -> {
            if (parameter != hidden && parameter != output) {
                parameter.initialize(manager, DataType.FLOAT32);
            }
        });
    }

    /** The experts' stacks by their parameters' names, {@code hidden} and {@code output}. */
    public Map<String, ExpertStack> expertStacks() {
        return Map.of("hidden", experts.hidden(), "output", experts.output());
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        refuseTraining(training);
        return new NDList(sequence(inputs.get(0), inputs.get(1)));
    }
}
