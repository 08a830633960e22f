package dev.dragoman.model;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.util.Pair;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.layer.ForwardPass;
import dev.dragoman.model.layer.OutputSoftmax;
import dev.dragoman.model.layer.TrainingPass;
import dev.dragoman.model.mixture.ExpertLoad;
import dev.dragoman.model.mixture.ExpertUsage;
import dev.dragoman.model.mixture.MixtureOfExperts;
import dev.dragoman.model.mixture.ServedMixtures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What the networks share when they are trained. */
final class BatchLosses {
    private BatchLosses() {}

    /** Runs a batch forward and its share of the loss backward; {@code forward} is asked for when gradients are being recorded. */
    static BatchLoss train(int tokens, double share, Supplier<ForwardPass> forward) {
        TrainingPass training = new TrainingPass(share);
        try (GradientCollector ignored = Engine.getInstance().newGradientCollector()) {
            OutputSoftmax.Loss loss = forward.get().run(training);
            double total = (double) loss.total().getFloat() / tokens + training.balance();
            training.tape().backward(loss.total(), 1.0 / tokens);
            return new BatchLoss(total, loss.logLikelihood().getFloat(), tokens, training.loads());
        }
    }

    /** A loss without gradient, summed over parts of a batch, and what computing it added to the counts of the network's experts. */
    static BatchLoss evaluate(NetworkBlock network, int tokens, Supplier<List<OutputSoftmax.Loss>> computation) {
        Map<String, ExpertUsage> usage = ServedMixtures.ofParameters(network).usage();
        Map<String, ExpertLoad> before = new LinkedHashMap<>();
        usage.forEach((layer, counts) -> before.put(layer, counts.load()));
        List<OutputSoftmax.Loss> losses = computation.get();
        Map<String, ExpertLoad> loads = new LinkedHashMap<>();
        before.forEach((layer, old) ->
                loads.put(layer, Objects.requireNonNull(usage.get(layer)).load().since(old)));
        return sum(losses, tokens, 0, loads);
    }

    /** The loss of a batch from those of its parts. */
    static BatchLoss sum(List<OutputSoftmax.Loss> parts, int tokens, double balance, Map<String, ExpertLoad> loads) {
        double total = 0;
        double logLikelihood = 0;
        for (OutputSoftmax.Loss part : parts) {
            total += part.total().getFloat();
            logLikelihood += part.logLikelihood().getFloat();
        }
        return new BatchLoss(total / tokens + balance, logLikelihood, tokens, loads);
    }

    /** Gives all parameters of a network their random start, experts' stacks in {@code expertType}. */
    static void initialize(Block block, NDManager manager, DataType expertType) {
        initialize(block, manager, mixture -> mixture.initialize(manager, expertType));
    }

    /** Gives all parameters of a network their random start, but leaves the mixture layers to {@code mixtures}. */
    static void initialize(Block block, NDManager manager, Consumer<MixtureOfExperts> mixtures) {
        if (block instanceof MixtureOfExperts mixture) {
            mixtures.accept(mixture);
            return;
        }
        for (Pair<String, Parameter> parameter : block.getDirectParameters()) {
            parameter.getValue().initialize(manager, DataType.FLOAT32);
        }
        for (Pair<String, Block> child : block.getChildren()) {
            initialize(child.getValue(), manager, mixtures);
        }
    }
}
