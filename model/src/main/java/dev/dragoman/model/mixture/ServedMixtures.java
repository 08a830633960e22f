package dev.dragoman.model.mixture;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.util.Pair;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.checkpoint.StoredTensor;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The mixture layers of a network that serves: where their experts are, and what they have done.
 *
 * <p>Experts are never read as other parameters are, but mapped, and touched when a row chooses them: on the processor they are used where
 * they lie; on a GPU they are copied there where all fit, else they come by way of a cache. Only weights of format 1 are read whole, since their stacks are the other way round.
 *
 * <p>The owner closes this after everything that uses the network.
 */
public final class ServedMixtures implements AutoCloseable {
    static final String HIDDEN = ".hidden";
    static final String OUTPUT = ".output";

    private final Map<String, MixtureOfExperts> layers;
    private final @Nullable NDManager host;
    private final @Nullable ExpertCache cache;

    private ServedMixtures(
            Map<String, MixtureOfExperts> layers, @Nullable NDManager host, @Nullable ExpertCache cache) {
        this.layers = layers;
        this.host = host;
        this.cache = cache;
    }

    /** The mixture layers of a network by path, for example {@code encoder.mixture1}. */
    public static Map<String, MixtureOfExperts> layers(NetworkBlock network) {
        Map<String, MixtureOfExperts> layers = new LinkedHashMap<>();
        collect("", network, layers);
        return layers;
    }

    private static void collect(String path, Block block, Map<String, MixtureOfExperts> into) {
        for (Pair<String, Block> child : block.getChildren()) {
            // DJL puts a two-digit number before the name that a child was added under.
            String name = path + child.getKey().substring(2);
            if (child.getValue() instanceof MixtureOfExperts mixture) {
                into.put(name, mixture);
            } else {
                collect(name + ".", child.getValue(), into);
            }
        }
    }

    /** Names of the experts' stacks, which {@link #map} serves. */
    public static List<String> stacks(NetworkBlock network) {
        List<String> names = new ArrayList<>();
        for (String layer : layers(network).keySet()) {
            names.add(layer + HIDDEN);
            names.add(layer + OUTPUT);
        }
        return names;
    }

    /**
     * The element type for the products of experts that are mapped: float32 if any of them is stored so, else the one in which
     * {@link ComputeDevice} is best.
     */
    public static Compute compute(WeightFiles files) {
        for (String name : files.names()) {
            StoredTensor tensor = files.find(name);
            boolean stack = name.endsWith(HIDDEN) || name.endsWith(OUTPUT);
            if (stack && tensor != null && tensor.type() == StoredType.F32) {
                return Compute.FLOAT32;
            }
        }
        return ComputeDevice.expertCompute();
    }

    /** Leaves the experts where they are, among the parameters of the network. */
    public static ServedMixtures ofParameters(NetworkBlock network) {
        return ofParameters(network, false);
    }

    /**
     * As {@link #ofParameters(NetworkBlock)}.
     *
     * @param resident whether decoder steps are to gather them, see {@link GatheredMixture}
     */
    public static ServedMixtures ofParameters(NetworkBlock network, boolean resident) {
        Map<String, MixtureOfExperts> layers = layers(network);
        if (resident) {
            layers.values().forEach(MixtureOfExperts::serveResident);
        }
        return new ServedMixtures(layers, null, null);
    }

    /**
     * Maps the experts.
     *
     * @param network whose other parameters are on the device already
     * @param files of format 2 or newer
     * @param memory how much of the device's memory experts may take
     * @param resident whether all are copied to the device, where decoder steps gather them, if that memory is enough for all
     * @param device owns what is on the device; closed by the caller, later
     * @throws dev.dragoman.model.checkpoint.ModelFormatException if a stack is missing or of another shape
     */
    public static ServedMixtures map(
            NetworkBlock network, WeightFiles files, ExpertMemory memory, boolean resident, NDManager device) {
        return map(network, files, memory, resident, device, ExpertMatrices.PART_BYTES);
    }

    static ServedMixtures map(
            NetworkBlock network,
            WeightFiles files,
            ExpertMemory memory,
            boolean resident,
            NDManager device,
            long partBytes) {
        Map<String, MixtureOfExperts> layers = layers(network);
        NDManager host =
                NDManager.newBaseManager(Device.cpu(), device.getEngine().getEngineName());
        try {
            Map<String, ExpertMatrices> matrices = new LinkedHashMap<>();
            layers.forEach((name, layer) -> matrices.put(name, layer.map(files, name, partBytes, host)));
            long largest = matrices.values().stream()
                    .mapToLong(ExpertMatrices::bytesPerExpert)
                    .max()
                    .orElse(0);
            OptionalLong limit = largest == 0 ? OptionalLong.empty() : memory.limit(device.getDevice());
            if (resident && bytes(layers, matrices) <= limit.orElse(Long.MAX_VALUE)) {
                layers.forEach((name, layer) -> copy(layer, Objects.requireNonNull(matrices.get(name)), device));
                host.close();
                return new ServedMixtures(layers, null, null);
            }
            ExpertCache cache = limit.isPresent() ? new ExpertCache(limit.getAsLong(), largest) : null;
            int number = 0;
            for (Map.Entry<String, MixtureOfExperts> layer : layers.entrySet()) {
                ExpertMatrices stacks = matrices.get(layer.getKey());
                if (stacks != null && cache != null) {
                    layer.getValue().serveCached(stacks, number++, cache, device);
                } else if (stacks != null) {
                    layer.getValue().serve(stacks);
                }
            }
            return new ServedMixtures(layers, host, cache);
        } catch (RuntimeException | Error e) {
            host.close();
            throw e;
        }
    }

    private static long bytes(Map<String, MixtureOfExperts> layers, Map<String, ExpertMatrices> matrices) {
        long bytes = 0;
        for (Map.Entry<String, MixtureOfExperts> layer : layers.entrySet()) {
            bytes += Objects.requireNonNull(matrices.get(layer.getKey())).bytesPerExpert()
                    * layer.getValue().configuration().experts();
        }
        return bytes;
    }

    private static void copy(MixtureOfExperts layer, ExpertMatrices stacks, NDManager device) {
        layer.serveResident(stacks.on(device, layer.kernels()));
    }

    /** How much each expert of each layer has computed, by the path of the layer. */
    public Map<String, ExpertUsage> usage() {
        Map<String, ExpertUsage> usage = new LinkedHashMap<>();
        layers.forEach((name, layer) -> usage.put(name, layer.usage()));
        return Collections.unmodifiableMap(usage);
    }

    /** What the cache on the device has done; empty if there is none. */
    public Optional<ExpertCacheStatistics> cache() {
        return Optional.ofNullable(cache).map(ExpertCache::statistics);
    }

    @Override
    public void close() {
        if (cache != null) {
            cache.close();
        }
        if (host != null) {
            host.close();
        }
    }
}
