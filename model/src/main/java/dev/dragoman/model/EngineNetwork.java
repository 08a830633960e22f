package dev.dragoman.model;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.Weights;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.kernel.ServingSettings;
import dev.dragoman.model.mixture.ExpertCacheStatistics;
import dev.dragoman.model.mixture.ExpertMemory;
import dev.dragoman.model.mixture.ExpertUsage;
import dev.dragoman.model.mixture.ServedMixtures;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The network through the engine, on a processor or a GPU, in the precision that {@link ServingSettings} say, but for experts that are
 * stored in fewer bits.
 *
 * <p>In 16 bits, matrices outside the mixture layers are kept so on the device, and so are what goes between layers and the encoded
 * sentences. Biases, gains, LSTM cells, gates, every softmax and scores stay in float32.
 *
 * <p>Experts are not read when the network is opened but mapped, and read when they are first chosen; see {@link ServedMixtures}.
 */
final class EngineNetwork implements ServedNetwork {
    private final NDManager manager;
    private final TranslationNetwork network;
    private final ServedMixtures mixtures;
    private final int padId;
    private final int stepsPerCall;

    private EngineNetwork(
            NDManager manager, TranslationNetwork network, ServedMixtures mixtures, int padId, int stepsPerCall) {
        this.manager = manager;
        this.network = network;
        this.mixtures = mixtures;
        this.padId = padId;
        this.stepsPerCall = stepsPerCall;
    }

    /** Arguments and errors are those of {@link TranslationModel#open(java.nio.file.Path, ExpertMemory)}. */
    static EngineNetwork open(ModelDirectory files, ExpertMemory experts) {
        return open(files, experts, ServingSettings.of(ComputeDevice.get()));
    }

    /** The same in a precision of the caller's choice. */
    static EngineNetwork open(ModelDirectory files, ExpertMemory experts, ServingSettings settings) {
        NDManager manager = ComputeDevice.newManager();
        Compute expertCompute = files.expertsAsUsed() ? ServedMixtures.compute(files.weights()) : Compute.FLOAT32;
        TranslationNetwork network =
                TranslationNetwork.of(files.configuration().network(), settings.compute(), expertCompute);
        ServedMixtures mixtures = null;
        try {
            mixtures = read(files, network, experts, settings, manager);
            return new EngineNetwork(
                    manager, network, mixtures, files.configuration().padId(), settings.stepsPerCall());
        } catch (RuntimeException | Error e) {
            if (mixtures != null) {
                mixtures.close();
            }
            network.close();
            manager.close();
            throw e;
        }
    }

    private static ServedMixtures read(
            ModelDirectory files,
            TranslationNetwork network,
            ExpertMemory experts,
            ServingSettings settings,
            NDManager manager) {
        Map<String, Parameter> parameters = new LinkedHashMap<>(network.namedParameters());
        if (files.expertsAsUsed()) {
            ServedMixtures.stacks(network).forEach(parameters::remove);
        }
        Precision precision = new Precision(network, manager);
        parameters.forEach((name, parameter) -> {
            Weights.read(files.weights(), files.configuration().format(), Map.of(name, parameter), manager);
            precision.narrow(name, parameter);
        });
        return files.expertsAsUsed()
                ? ServedMixtures.map(network, files.weights(), experts, settings.residentExperts(), manager)
                : ServedMixtures.ofParameters(network, settings.residentExperts());
    }

    @Override
    public Decoding decode(int[][] sources) {
        return EngineDecoding.open(network, manager, padId, stepsPerCall, sources);
    }

    /** {@inheritDoc} It does not: the engine restricts what it has computed for all. */
    @Override
    public boolean gainsByShortlists() {
        return false;
    }

    @Override
    public String computedBy() {
        return "PyTorch on " + manager.getDevice()
                + network.kernels().settings().compute().suffix();
    }

    @Override
    public Map<String, ExpertUsage> expertUsage() {
        return mixtures.usage();
    }

    @Override
    public Optional<ExpertCacheStatistics> expertCache() {
        return mixtures.cache();
    }

    @Override
    public void close() {
        mixtures.close();
        network.close();
        manager.close();
    }
}
