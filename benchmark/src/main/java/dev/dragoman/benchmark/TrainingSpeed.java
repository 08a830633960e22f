package dev.dragoman.benchmark;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkSize;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.training.GradientHistory;
import dev.dragoman.training.Optimizers;
import dev.dragoman.training.PairSample;
import dev.dragoman.training.Recipe;
import dev.dragoman.training.TrainingStep;
import dev.dragoman.training.TranslationRecipe;
import dev.dragoman.training.data.Batch;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code training}: updates of a recipe's network against the machine's products and against eager PyTorch. */
@Command(
        name = "training",
        description = {
            "Updates of a recipe's network: tokens per second, share of what the machine's products could do, cost of the"
                    + " input pipeline; with --peers or --python, against the same network in eager PyTorch, in turns."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class TrainingSpeed implements Callable<Integer> {
    /** Forward and backward: that of a product is two products. */
    private static final int PASSES = 3;

    private static final int PAIRS = 20_000;

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            defaultValue = "recipes/default.yaml",
            description = "A translation model's recipe (default: ${DEFAULT-VALUE}).")
    Path recipeFile = Path.of("recipes/default.yaml");

    @Option(
            names = "--precision",
            split = ",",
            paramLabel = "P",
            defaultValue = "FLOAT32,BFLOAT16",
            description = "Of products, in place of the recipe's (default: ${DEFAULT-VALUE}).")
    List<Compute> precisions = List.of();

    @Option(
            names = "--updates",
            paramLabel = "N",
            defaultValue = "10",
            description = "Updates of a turn, each with a batch of its own (default: ${DEFAULT-VALUE}).")
    int updates = 10;

    @Mixin
    PeerPythons pythons = new PeerPythons();

    @Override
    public Integer call() {
        if (!(Recipe.read(recipeFile) instanceof TranslationRecipe recipe)) {
            throw new BenchmarkException(recipeFile + " is not the recipe of a translation model");
        }
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "training");
        NetworkSize size = NetworkSize.of(recipe.network(), (int) Math.exp(3));
        report.list(List.of(
                "recipe: " + recipeFile.getFileName() + ", "
                        + size.total().parameters() + " parameters, "
                        + Figures.of(size.total().multiplyAdds() / 1e6) + " M multiply-adds forward per time step",
                "batches: random ids, " + recipe.training().tokensPerBatch() + " tokens, padding included; " + updates
                        + " updates a turn"));
        try (NDManager manager = ComputeDevice.newManager()) {
            Ceilings ceilings = options.ceilings(manager, report);
            for (Compute precision : precisions) {
                measure(report, ceilings, recipe, precision, size);
            }
        }
        report.line("");
        report.line("load average at the end: " + Machine.loadAverage());
        return 0;
    }

    private void measure(
            Report report, Ceilings ceilings, TranslationRecipe recipe, Compute precision, NetworkSize size) {
        NetworkConfiguration configuration = recipe.network();
        int tokensPerBatch = recipe.training().tokensPerBatch();
        SyntheticBatches synthetic = new SyntheticBatches(
                PAIRS, configuration.vocabularySize(), configuration.maximumLength() - 2, tokensPerBatch);
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < updates; i++) {
            batches.add(synthetic.get(i));
        }
        double pipeline = Rounds.Clock.CPU.time(synthetic::makeEpoch) / synthetic.number();
        long tokens = batches.stream().mapToLong(Batch::targetTokens).sum();
        // Both sides of a pair are equally long but for the symbol that begins the target.
        double steps = tokens / (double) updates;
        double operations = 2.0 * PASSES * size.total().multiplyAdds() * steps;
        double peak = precision == Compute.FLOAT32 ? ceilings.float32() : ceilings.bfloat16();
        String absent = "not measured";
        Optional<PythonPeer> found = Optional.empty();
        if (pythons.wanted()) {
            try {
                found = Optional.of(peer(recipe, precision, batches));
            } catch (BenchmarkException e) {
                absent = "left out: " + e.getMessage();
            }
        }
        try (Ours ours = new Ours(recipe, precision, batches);
                @Nullable PythonPeer peer = found.orElse(null)) {
            double[] own = new double[options.rounds];
            double[] ratios = new double[options.rounds];
            double[] others = new double[options.rounds];
            ours.seconds(options.clock());
            if (peer != null) {
                report.list(List.of("peer: " + peer.description() + " parameters"));
                peer.seconds(updates, options.clock());
            }
            for (int round = 0; round < options.rounds; round++) {
                own[round] = ours.seconds(options.clock()) / updates;
                if (peer != null) {
                    others[round] = peer.seconds(updates, options.clock()) / updates;
                    ratios[round] = others[round] / own[round];
                }
            }
            double seconds = Rounds.median(own);
            Report.Table table = report.table(
                    "Updates " + precision,
                    "update, ms",
                    "target tokens/s",
                    "GFLOP/s",
                    "share of the peak of products",
                    "input pipeline, ms",
                    "its share",
                    "eager PyTorch, ms",
                    "rate against it");
            table.row(
                    Figures.milliseconds(seconds),
                    Figures.of(steps / seconds),
                    Figures.rate(operations / seconds),
                    Figures.percent(operations / seconds / peak),
                    Figures.milliseconds(pipeline),
                    Figures.of(100 * pipeline / seconds) + " %",
                    peer == null ? absent : Figures.milliseconds(Rounds.median(others)),
                    peer == null ? "not measured" : Figures.of(Rounds.median(ratios)));
        }
    }

    private PythonPeer peer(TranslationRecipe recipe, Compute precision, List<Batch> batches) {
        Map<String, Object> training = new LinkedHashMap<>();
        training.put("precision", precision);
        training.put("labelSmoothing", recipe.training().labelSmoothing());
        training.put("learningRate", recipe.training().learningRate());
        training.put("adam", recipe.training().adam());
        training.put("clipNorm", recipe.training().clipNorm());
        Map<String, Object> job = Map.of(
                "threads", options.threads, "network", recipe.network(), "training", training, "batches", batches);
        return pythons.start(
                pythons.find(PeerPythons.Stack.PYTORCH),
                "pytorch_training.py",
                job,
                options.output.resolve("training-job.json"),
                options.threads);
    }

    /** The recipe's own updates. */
    private static final class Ours implements AutoCloseable {
        private final NDManager manager = ComputeDevice.newManager();
        private final TrainableNetwork network;
        private final TrainingStep step;
        private final List<Batch> batches;
        private int done;

        Ours(TranslationRecipe recipe, Compute precision, List<Batch> batches) {
            this.batches = batches;
            network = TrainableNetwork.of(recipe.network(), precision, List.of(ComputeDevice.get()));
            network.initialize(manager);
            step = new TrainingStep(
                    recipe.training(),
                    PairSample::tokens,
                    network,
                    Optimizers.of(recipe.training(), network, manager),
                    manager,
                    () -> "none");
        }

        /** Of an update with every batch; of the processor, that of all threads of this process. */
        double seconds(Rounds.Clock clock) {
            double begin = now(clock);
            for (Batch batch : batches) {
                step.run(++done, List.of(batch), GradientHistory.NONE);
            }
            return now(clock) - begin;
        }

        private static double now(Rounds.Clock clock) {
            return clock == Rounds.Clock.CPU
                    ? ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
                                    .getProcessCpuTime()
                            * 1e-9
                    : clock.now();
        }

        @Override
        public void close() {
            network.close();
            manager.close();
        }
    }
}
