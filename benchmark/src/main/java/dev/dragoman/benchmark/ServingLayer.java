package dev.dragoman.benchmark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.TensorSource;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.mixture.ExpertMemory;
import dev.dragoman.model.mixture.MixtureOfExperts;
import dev.dragoman.model.mixture.ServedMixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A mixture layer by itself, its experts mapped from a file as the server maps them. */
final class ServingLayer implements AutoCloseable {
    private static final String PATH = "mixture1";
    /** Of the logits of a gate that prefers every expert alike but for the row: that of the logarithm of an exponential number. */
    private static final double GUMBEL_DEVIATION = Math.PI / Math.sqrt(6);

    /** How often each expert is chosen. */
    enum Popularity {
        /** All about alike. */
        UNIFORM,
        /** Expert number i about in proportion to 1 / i. */
        ZIPF
    }

    private final LayerSize size;
    private final TemporaryFolder folder;
    private final NDManager manager = ComputeDevice.newManager();
    private final Kernels kernels;
    private final MixtureOfExperts layer;
    private final ServedMixtures served;

    private static final class Root extends NetworkBlock {
        private final MixtureOfExperts layer;

        private Root(Kernels kernels, LayerSize size) {
            super(kernels);
            layer = addChildBlock(PATH, new MixtureOfExperts(kernels, size.mixture(), size.width()));
        }

        @Override
        protected NDList forward(NDList inputs, boolean training) {
            throw new UnsupportedOperationException("rows go to the layer itself");
        }
    }

    /**
     * Writes random experts and maps them.
     *
     * @param parent where a folder for them is made, and deleted when the layer is closed
     */
    ServingLayer(LayerSize size, Precision precision, Popularity popularity, Path parent) {
        this.size = size;
        folder = TemporaryFolder.in(parent);
        WeightFiles files = write(size, precision, folder.path().resolve("weights.safetensors"));
        kernels = Kernels.load(new KernelSettings(Compute.FLOAT32, ServedMixtures.compute(files), 0, size.perRow(), 0));
        Root root = new Root(kernels, size);
        layer = root.layer;
        fillGates(popularity);
        served = ServedMixtures.map(root, files, ExpertMemory.configured(), false, manager);
    }

    private static WeightFiles write(LayerSize size, Precision precision, Path file) {
        StoredType type = switch (precision) {
            case FLOAT32 -> StoredType.F32;
            case BFLOAT16 -> StoredType.BF16;
            case INT8 -> StoredType.I8;
        };
        int experts = size.experts();
        int width = size.width();
        int hidden = size.hidden();
        List<TensorSource> tensors = new ArrayList<>();
        tensors.addAll(RandomTensor.of(PATH + ".hidden", type, Math.sqrt(1.0 / width), experts, hidden, width));
        tensors.addAll(RandomTensor.of(PATH + ".output", type, Math.sqrt(1.0 / hidden), experts, width, hidden));
        try {
            WeightFiles.write(file, tensors, WeightFiles.DEFAULT_LIMIT);
            return WeightFiles.open(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Logits are random; what the first number of a row adds to them, which is always 1, makes some experts popular. */
    private void fillGates(Popularity popularity) {
        layer.namedParameters().forEach((name, parameter) -> {
            if (!name.equals("gate") && !name.equals("groupGate")) {
                return;
            }
            NDArray weights = manager.randomNormal(parameter.getShape());
            weights.muli(GUMBEL_DEVIATION / Math.sqrt(size.width()));
            if (popularity == Popularity.ZIPF) {
                int choices =
                        (int) parameter.getShape().get(parameter.getShape().dimension() - 1);
                float[] logits = new float[choices];
                for (int i = 0; i < choices; i++) {
                    logits[i] = (float) -Math.log(i + 1.0);
                }
                weights.set(
                        new NDIndex(name.equals("gate") && size.groups() > 0 ? ":, 0" : "0"), manager.create(logits));
            }
            // DJL takes an array only where no shape was set before.
            parameter.setShape(null);
            parameter.setArray(weights);
        });
    }

    /** Batches of random rows; the caller closes the manager. */
    List<NDArray> batches(NDManager owner, int number, int rows) {
        List<NDArray> batches = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            NDArray rowsOfBatch = owner.randomNormal(new Shape(rows, size.width()), DataType.FLOAT32);
            rowsOfBatch.set(new NDIndex(":, 0"), 1f);
            batches.add(rowsOfBatch);
        }
        return batches;
    }

    /** Serves a batch. */
    void serve(NDArray rows) {
        try (NDManager scratch = manager.newSubManager()) {
            NDArray input = rows.duplicate();
            input.attach(scratch);
            layer.rows(input).attach(scratch);
        }
    }

    /** Experts that a batch visits, on average. */
    double touched(List<NDArray> batches) {
        double sum = 0;
        long[] before = rowsOfExperts();
        for (NDArray batch : batches) {
            serve(batch);
            long[] after = rowsOfExperts();
            for (int e = 0; e < after.length; e++) {
                sum += after[e] > before[e] ? 1 : 0;
            }
            before = after;
        }
        return sum / batches.size();
    }

    private long[] rowsOfExperts() {
        long[] rows = Objects.requireNonNull(served.usage().get(PATH)).rows();
        return Arrays.copyOf(rows, rows.length);
    }

    /** What a batch costs at least: the weights of the gate and of the experts that it visits, and their products. */
    Ceilings.Work work(double touched, int rows, Precision precision) {
        double gates = 0;
        for (String name : List.of("gate", "groupGate")) {
            Parameter parameter = layer.namedParameters().get(name);
            gates += parameter == null ? 0 : 4.0 * parameter.getArray().size();
        }
        double scales = precision == Precision.INT8 ? 4.0 * (size.hidden() + size.width()) : 0;
        double expert = (double) size.expertWeights() * precision.bytes() + scales;
        return new Ceilings.Work(size.forwardOperations(rows), gates + touched * expert);
    }

    @Override
    public void close() {
        served.close();
        layer.namedParameters().values().forEach(Parameter::close);
        manager.close();
        kernels.close();
        folder.close();
    }
}
