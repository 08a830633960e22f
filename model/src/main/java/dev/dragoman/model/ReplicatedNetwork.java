package dev.dragoman.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.configuration.LanguageModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.layer.ForwardPass;
import dev.dragoman.model.layer.OutputSoftmax;
import dev.dragoman.model.layer.TrainingPass;
import dev.dragoman.model.mixture.ExpertStack;
import dev.dragoman.model.mixture.MixtureOfExperts;
import dev.dragoman.model.mixture.ReplicatedMixture;
import dev.dragoman.model.mixture.ServedMixtures;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A network over several devices: everything but the experts is on each of them, and each expert is on one (Shazeer et al. 2017, section
 * 3.1).
 *
 * <p>A batch is cut between sentences into a part of about as many tokens for each replica. The replicas go through their layers in step
 * and meet at every mixture layer, where their rows become one batch; loss, balance and gradients are those of the whole batch, as if one
 * device had seen it. Noise and dropout are drawn by each replica in turn; replicas on different GPUs draw the same numbers for their
 * different rows, since the engine seeds the random streams of all GPUs alike.
 *
 * <p>The parameters are those of the first replica and the shards of the experts: {@code decoder.mixture1.hidden.shard0} and so on, which
 * joined along the experts are {@code decoder.mixture1.hidden} of the network on one device. An optimiser sees nothing else. Gradients of
 * the other replicas are added to the first's after every batch, and values of the first are copied to them before every batch: the sum
 * over all devices in two halves, with the optimiser between them, so that its state and its work are not repeated and replicas cannot
 * drift apart.
 *
 * <p>One thread directs all devices. On GPUs it runs ahead of them: what it issues to one is done while it goes on with the next.
 */
public final class ReplicatedNetwork implements TrainableNetwork {
    private final List<Device> devices;
    private final List<ReplicableNetwork> replicas;
    private final NetworkBlock first;
    /** By path. */
    private final Map<String, ReplicatedMixture> mixtures = new LinkedHashMap<>();
    /** Of each replica, without experts. */
    private final List<Map<String, Parameter>> dense = new ArrayList<>();

    /** The language model over devices, which may repeat; see {@link LanguageModel#of}. */
    public static ReplicatedNetwork of(
            LanguageModelConfiguration configuration, Compute compute, List<Device> devices) {
        return over(devices, device -> LanguageModel.of(configuration, compute, device));
    }

    /** The translation network over devices, which may repeat; see {@link TranslationNetwork#of}. */
    public static ReplicatedNetwork of(NetworkConfiguration configuration, Compute compute, List<Device> devices) {
        return over(devices, device -> TranslationNetwork.of(configuration, compute, device));
    }

    private static <N extends NetworkBlock & ReplicableNetwork> ReplicatedNetwork over(
            List<Device> devices, Function<Device, N> network) {
        if (devices.isEmpty()) {
            throw new IllegalArgumentException("a network needs at least 1 device, but is given 0");
        }
        List<N> replicas = new ArrayList<>();
        try {
            devices.forEach(device -> replicas.add(network.apply(device)));
            return new ReplicatedNetwork(devices, replicas);
        } catch (RuntimeException e) {
            replicas.forEach(TrainableNetwork::close);
            throw e;
        }
    }

    private <N extends NetworkBlock & ReplicableNetwork> ReplicatedNetwork(List<Device> devices, List<N> replicas) {
        this.devices = List.copyOf(devices);
        this.replicas = List.copyOf(replicas);
        first = replicas.get(0);
        List<Map<String, MixtureOfExperts>> layers =
                replicas.stream().map(ServedMixtures::layers).toList();
        List<Kernels> kernels = replicas.stream().map(TrainableNetwork::kernels).toList();
        layers.get(0).keySet().forEach(path -> {
            List<MixtureOfExperts> copies =
                    layers.stream().map(ofReplica -> ofReplica.get(path)).toList();
            mixtures.put(path, new ReplicatedMixture(copies, devices, kernels));
        });
        for (N replica : replicas) {
            Map<String, Parameter> parameters = new LinkedHashMap<>(replica.namedParameters());
            parameters.keySet().removeAll(ServedMixtures.stacks(replica));
            dense.add(parameters);
        }
    }

    @Override
    public Kernels kernels() {
        return replicas.get(0).kernels();
    }

    @Override
    public Map<String, Parameter> namedParameters() {
        Map<String, Parameter> result = new LinkedHashMap<>(dense.get(0));
        mixtures.forEach(
                (path, mixture) -> mixture.parameters().forEach((name, stack) -> result.put(path + "." + name, stack)));
        return result;
    }

    @Override
    public Map<String, ExpertStack> expertStacks() {
        Map<String, ExpertStack> result = new LinkedHashMap<>();
        mixtures.forEach((path, mixture) ->
                mixture.expertStacks().forEach((name, stack) -> result.put(path + "." + name, stack)));
        return result;
    }

    /** Gives the parameters the numbers that those of the network on one device would be given. */
    @Override
    public void initialize(NDManager manager, DataType expertType) {
        NDManager ofFirst = manager.newSubManager(devices.get(0));
        // Layers come in the order in which they were found.
        Iterator<ReplicatedMixture> inOrder = mixtures.values().iterator();
        BatchLosses.initialize(first, ofFirst, layer -> inOrder.next().initialize(ofFirst, expertType));
        for (int r = 1; r < replicas.size(); r++) {
            NDManager here = manager.newSubManager(devices.get(r));
            for (Parameter parameter : dense.get(r).values()) {
                NDArray array = here.zeros(parameter.getShape());
                array.setRequiresGradient(true);
                // DJL takes an array only where no shape was set before.
                parameter.setShape(null);
                parameter.setArray(array);
            }
        }
    }

    @Override
    public BatchLoss train(NDManager scratch, TokenBatch batch, double smoothing, double share) {
        TrainingPass training = new TrainingPass(share);
        List<OutputSoftmax.Loss> losses;
        try (GradientCollector ignored = Engine.getInstance().newGradientCollector()) {
            losses = forward(scratch, batch, smoothing, training);
            double slope = 1.0 / batch.tokens();
            for (OutputSoftmax.Loss loss : losses.subList(1, losses.size())) {
                training.tape().backwardFrom(loss.total(), slope);
            }
            training.tape().backward(losses.get(0).total(), slope);
        }
        for (int r = 1; r < losses.size(); r++) {
            kernels().number("add_gradients", gradients(0, scratch), gradients(r, scratch));
        }
        return BatchLosses.sum(losses, batch.tokens(), training.balance(), training.loads());
    }

    @Override
    public BatchLoss evaluate(NDManager scratch, TokenBatch batch) {
        return BatchLosses.evaluate(first, batch.tokens(), () -> forward(scratch, batch, 0, null));
    }

    private List<OutputSoftmax.Loss> forward(
            NDManager scratch, TokenBatch batch, double smoothing, @Nullable TrainingPass training) {
        List<TokenBatch> parts = batch.parts(replicas.size());
        List<ForwardPass> passes = new ArrayList<>();
        for (int r = 0; r < parts.size(); r++) {
            if (r > 0) {
                kernels().number("copy_values", values(r), values(0));
            }
            NDManager here = scratch.newSubManager(devices.get(r));
            passes.add(replicas.get(r).forwardPass(here, parts.get(r), smoothing, training != null));
        }
        return ForwardPass.runInStep(passes, mixtures, training);
    }

    private List<NDArray> values(int r) {
        return dense.get(r).values().stream().map(Parameter::getArray).toList();
    }

    private List<NDArray> gradients(int r, NDManager scratch) {
        List<NDArray> gradients = new ArrayList<>();
        for (NDArray array : values(r)) {
            NDArray gradient = array.getGradient();
            gradient.attach(scratch);
            gradients.add(gradient);
        }
        return gradients;
    }

    @Override
    public void close() {
        mixtures.values().forEach(ReplicatedMixture::close);
        replicas.forEach(TrainableNetwork::close);
    }
}
