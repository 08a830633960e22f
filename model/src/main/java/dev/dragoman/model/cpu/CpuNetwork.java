package dev.dragoman.model.cpu;

import com.sun.management.OperatingSystemMXBean;
import dev.dragoman.model.Decoding;
import dev.dragoman.model.ServedNetwork;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.StoredTensor;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.mixture.ExpertCacheStatistics;
import dev.dragoman.model.mixture.ExpertUsage;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The translation network by native kernels, in 8 bits (Wu et al. 2016, section 6): weights with a scale for each output, activations with
 * one for each row, sums of whole numbers, everything else in float32.
 *
 * <p>Experts may have 4 bits: of 32 weights of an output each is one of -7 to 7 times a whole number that they have in common, and so one of
 * 8 bits again. Results are those of these weights in 8 bits, to the last bit.
 *
 * <p>Weights are packed when the network is opened, experts when they are first chosen; those stay mapped until then. A row's result does
 * not depend on the rows it is computed with, to the last bit.
 *
 * <p>Safe for use by many threads, each with its own decoding. Close it after every decoding over it is closed.
 */
public final class CpuNetwork implements ServedNetwork {
    private static final String SCALE = ".scale";
    private static final int STORED_BITS = 8;
    /** Weights of 4 bits with a multiplier in common. */
    private static final int GROUP = 32;

    private static final Set<String> STACKS = Set.of("hidden", "output");

    private final long handle;
    private final String variant;
    private final int threads;
    private final int expertBits;
    private final NetworkConfiguration configuration;
    /** What native code still reads: mapped experts. */
    private final List<ByteBuffer> mapped = new ArrayList<>();

    private boolean closed;

    private CpuNetwork(String variant, int threads, int expertBits, NetworkConfiguration configuration) {
        this.variant = variant;
        this.threads = threads;
        this.expertBits = expertBits;
        this.configuration = configuration;
        handle = CpuKernels.newNetwork(
                variant,
                numbers(configuration),
                places(configuration.mixture().encoderAfter(), configuration.encoderLayers()),
                places(configuration.mixture().decoderAfter(), configuration.decoderLayers()),
                expertBits);
    }

    /**
     * Opens the network of a model directory if kernels for this processor are there, chosen and fit for it. The engine serves networks with
     * normalised gates and, since it reads experts where they are mapped, those whose experts would take more than half of the memory.
     *
     * @throws ModelFormatException if a tensor is missing or has another shape than the configuration asks for
     */
    public static Optional<CpuNetwork> open(ModelDirectory files) {
        NetworkConfiguration configuration = files.configuration().network();
        int expertBits = CpuKernels.expertBits();
        if (configuration.layerNormalisation() || expertBytes(configuration, expertBits) > totalMemory() / 2) {
            return Optional.empty();
        }
        return CpuKernels.variant().map(variant -> open(files, variant, CpuKernels.threads(), expertBits));
    }

    /**
     * To be asked before the engine opens a model: experts in 4 bits are not for it, which has them as they are stored.
     *
     * @throws IllegalStateException if they are asked for and the model has experts
     */
    public static void requireStoredExperts(ModelDirectory files) {
        if (CpuKernels.expertBits() != STORED_BITS
                && experts(files.configuration().network()) > 0) {
            throw new IllegalStateException(
                    CpuKernels.EXPERT_BITS + " must be 8 here, but is " + CpuKernels.expertBits()
                            + ": the engine is to serve the model, and only the native kernels have experts in 4 bits. They do not serve on a GPU,"
                            + " where they were not built or are switched off by " + CpuKernels.CHOICE
                            + ", nor networks with normalised gates or experts that take more than half of the memory.");
        }
    }

    /** Of all mixture layers. */
    private static double experts(NetworkConfiguration configuration) {
        NetworkConfiguration.Mixture mixture = configuration.mixture();
        double layers = mixture.encoderAfter().size() + mixture.decoderAfter().size();
        return layers * mixture.experts();
    }

    /** Of all mixture layers, as kernels have them in memory; a group of 4 bits comes with a byte. */
    private static double expertBytes(NetworkConfiguration configuration, int bits) {
        double weights = 2.0 * experts(configuration) * configuration.mixture().hidden() * configuration.width();
        return bits == STORED_BITS ? weights : weights / 2 + weights / GROUP;
    }

    /** Of the machine, or of the container. */
    private static double totalMemory() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    static CpuNetwork open(ModelDirectory files, String variant, int threads, int expertBits) {
        CpuNetwork network = new CpuNetwork(
                variant, threads, expertBits, files.configuration().network());
        try {
            network.read(files.weights(), !files.expertsAsUsed());
            return network;
        } catch (RuntimeException | Error e) {
            network.close();
            throw e;
        }
    }

    /** As the native side's structure has them. */
    private static int[] numbers(NetworkConfiguration c) {
        NetworkConfiguration.Attention attention = c.attention();
        NetworkConfiguration.Mixture mixture = c.mixture();
        NetworkConfiguration.Gating gating = mixture.gating();
        int gate = gating.kind() == GateKind.SOFTMAX
                ? 2
                : (gating.kind() == GateKind.STRICTLY_BALANCED ? 3 : 0) + (gating.groups() > 0 ? 1 : 0);
        int form = switch (attention.form()) {
            case RECURRENT -> 0;
            case PARALLEL -> 1;
            case INPUT_FEEDING -> 2;
        };
        int join = switch (c.join()) {
            case HALVES -> 0;
            case CONCATENATED -> 1;
            case SUMMED -> 2;
        };
        int contextTo = switch (attention.contextTo()) {
            case FIRST_LAYER -> 0;
            case LAYERS -> 1;
            case LAYERS_AND_SOFTMAX -> 2;
        };
        int score = attention.score() == NetworkConfiguration.Score.FACTORISED ? 0 : 1;
        return new int[] {
            c.vocabularySize(),
            c.width(),
            c.lstmCells(),
            c.encoderLayers(),
            c.decoderLayers(),
            c.layersBothWays(),
            join,
            c.residualFrom(),
            form,
            score,
            attention.size(),
            attention.heads(),
            contextTo,
            mixture.experts(),
            mixture.perRow(),
            mixture.hidden(),
            gate,
            gating.groups(),
            mixture.sigmoid() ? 1 : 0,
            c.sharedSoftmax() ? 1 : 0
        };
    }

    private static int[] places(List<Integer> after, int layers) {
        int[] places = new int[layers];
        after.forEach(layer -> places[layer - 1] = 1);
        return places;
    }

    private void read(WeightFiles files, boolean transposed) {
        for (String name : files.names()) {
            StoredTensor tensor = files.find(name);
            if (tensor == null || name.endsWith(SCALE)) {
                continue;
            }
            try {
                read(files, tensor, transposed);
            } catch (IllegalArgumentException e) {
                throw new ModelFormatException(tensor.file(), String.valueOf(e.getMessage()), e);
            }
        }
        String missing = CpuKernels.missingTensor(handle);
        if (missing != null) {
            throw new ModelFormatException(
                    files.file(), "has no tensor " + missing + ", which the configuration asks for");
        }
    }

    private void read(WeightFiles files, StoredTensor tensor, boolean transposed) {
        String name = tensor.name();
        int[] shape = Arrays.stream(tensor.shape()).mapToInt(Math::toIntExact).toArray();
        boolean stack = shape.length == 3 && STACKS.contains(name.substring(name.lastIndexOf('.') + 1));
        int matrices = stack ? shape[0] : 1;
        long each = matrices == 0 ? 0 : tensor.elements() / matrices;
        int together = (int) Math.max(
                1,
                Math.min(
                        matrices,
                        Integer.MAX_VALUE / Math.max(1, each * tensor.type().bytes())));
        StoredTensor scales = tensor.type() == StoredType.I8 ? scales(files, tensor) : null;
        for (int first = 0; first < matrices; first += together) {
            int count = Math.min(together, matrices - first);
            ByteBuffer values = direct(tensor, first * each, (first + count) * each);
            ByteBuffer ofRows = null;
            if (scales != null) {
                long rows = scales.elements() / matrices;
                ofRows = direct(scales, first * rows, (first + count) * rows);
            }
            int[] part = shape.clone();
            if (stack) {
                part[0] = count;
            }
            boolean used = CpuKernels.setTensor(
                    handle, name, tensor.type().ordinal(), part, values, ofRows, transposed && stack);
            if (used && stack) {
                mapped.add(values);
                if (ofRows != null) {
                    mapped.add(ofRows);
                }
            }
            Reference.reachabilityFence(values);
            Reference.reachabilityFence(ofRows);
        }
    }

    private static StoredTensor scales(WeightFiles files, StoredTensor values) {
        StoredTensor scales = files.find(values.name() + SCALE);
        long[] shape = values.shape();
        if (scales == null
                || scales.type() != StoredType.F32
                || !Arrays.equals(scales.shape(), Arrays.copyOf(shape, shape.length - 1))) {
            throw new ModelFormatException(
                    values.file(),
                    values.name() + " has 8 bits and needs one float32 scale per row in " + values.name() + SCALE);
        }
        return scales;
    }

    /** Mapped; a copy where it begins between two numbers. */
    private static ByteBuffer direct(StoredTensor tensor, long from, long to) {
        ByteBuffer values = tensor.map(from, to);
        if (tensor.isAligned()) {
            return values;
        }
        ByteBuffer copy = ByteBuffer.allocateDirect(values.remaining());
        copy.put(values).flip();
        return copy;
    }

    @Override
    public boolean gainsByShortlists() {
        return true;
    }

    @Override
    public String computedBy() {
        String kernels = "int8 kernels (" + variant + ")";
        if (expertBits == STORED_BITS || experts(configuration) == 0) {
            return kernels;
        }
        double megabytes = expertBytes(configuration, expertBits) / 1e6;
        return String.format(Locale.ROOT, "%s, experts in %d bits (%.1f MB)", kernels, expertBits, megabytes);
    }

    @Override
    public Decoding decode(int[][] sources) {
        CpuDecoding decoding = new CpuDecoding(handle, threads, configuration.vocabularySize());
        try {
            decoding.admit(sources);
            return decoding;
        } catch (RuntimeException | Error e) {
            decoding.close();
            throw e;
        }
    }

    /** {@inheritDoc} There is none: all experts are in memory. */
    @Override
    public Optional<ExpertCacheStatistics> expertCache() {
        return Optional.empty();
    }

    @Override
    public Map<String, ExpertUsage> expertUsage() {
        Map<String, ExpertUsage> result = new LinkedHashMap<>();
        configuration
                .mixture()
                .encoderAfter()
                .forEach(layer -> result.put("encoder.mixture" + layer, usage(true, layer)));
        configuration
                .mixture()
                .decoderAfter()
                .forEach(layer -> result.put("decoder.mixture" + layer, usage(false, layer)));
        return result;
    }

    private ExpertUsage usage(boolean encoder, int layer) {
        long[] rows = new long[configuration.mixture().experts()];
        double[] gates = new double[rows.length];
        CpuKernels.expertUse(handle, encoder, layer - 1, rows, gates);
        return ExpertUsage.of(rows, gates);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            CpuKernels.freeNetwork(handle);
            mapped.clear();
        }
    }
}
