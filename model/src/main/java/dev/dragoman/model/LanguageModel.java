package dev.dragoman.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.configuration.LanguageModelConfiguration;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.layer.ForwardPass;
import dev.dragoman.model.layer.LayeredLstm;
import dev.dragoman.model.layer.OutputSoftmax;
import dev.dragoman.model.layer.PaddedIds;
import dev.dragoman.model.layer.PieceEmbedding;
import dev.dragoman.model.mixture.ExpertStack;
import java.util.List;
import java.util.Map;

/**
 * The language model of Shazeer et al. 2017 (section 5.1): the network in which they measured what experts are worth.
 *
 * <p>Owns its kernels; {@link #close} frees them and the parameters.
 */
public final class LanguageModel extends NetworkBlock implements ReplicableNetwork {
    private final LanguageModelConfiguration configuration;
    private final PieceEmbedding embedding;
    private final LayeredLstm layers;
    private final OutputSoftmax softmax;

    private LanguageModel(Kernels kernels, LanguageModelConfiguration configuration) {
        super(kernels);
        this.configuration = configuration;
        embedding = addChildBlock(
                "embedding", new PieceEmbedding(kernels, configuration.vocabularySize(), configuration.width()));
        layers = addChildBlock("decoder", new LayeredLstm(kernels, "decoder", configuration));
        softmax = addChildBlock(
                "softmax",
                new OutputSoftmax(
                        kernels,
                        embedding,
                        configuration.sharedSoftmax(),
                        configuration.vocabularySize(),
                        configuration.width()));
    }

    /** A network without values; {@link #initialize} or a reader of weights fills it. */
    public static LanguageModel of(LanguageModelConfiguration configuration, Compute compute) {
        return of(configuration, compute, ComputeDevice.get());
    }

    /** As {@link #of(LanguageModelConfiguration, Compute)}, for another device. */
    static LanguageModel of(LanguageModelConfiguration configuration, Compute compute, Device device) {
        KernelSettings settings = new KernelSettings(
                compute,
                configuration.dropout(),
                configuration.mixture().perRow(),
                configuration.mixture().noiseFloor());
        return new LanguageModel(Kernels.load(settings, device), configuration);
    }

    public LanguageModelConfiguration configuration() {
        return configuration;
    }

    @Override
    public Kernels kernels() {
        return kernels;
    }

    @Override
    public void initialize(NDManager manager, DataType expertType) {
        BatchLosses.initialize(this, manager, expertType);
    }

    @Override
    public BatchLoss train(NDManager scratch, TokenBatch batch, double smoothing, double share) {
        return BatchLosses.train(batch.tokens(), share, () -> forwardPass(scratch, batch, smoothing, true));
    }

    @Override
    public BatchLoss evaluate(NDManager scratch, TokenBatch batch) {
        return BatchLosses.evaluate(
                this,
                batch.tokens(),
                () -> List.of(forwardPass(scratch, batch, 0, false).run(null)));
    }

    @Override
    public ForwardPass forwardPass(NDManager manager, TokenBatch batch, double smoothing, boolean recording) {
        PaddedIds input = batch.targetInput();
        NDArray ids = manager.create(input.timeMajor(), new Shape(input.length(), input.sentences()));
        NDArray rows = manager.create(input.rows());
        NDArray targets = manager.create(batch.targetOutput().realIds());
        return new ForwardPass(
                embedding.embed(ids, recording),
                layers.segments(rows, recording),
                top -> softmax.loss(top, rows, targets, smoothing, recording));
    }

    @Override
    public Map<String, ExpertStack> expertStacks() {
        return layers.expertStacks();
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        refuseTraining(training);
        return new NDList(layers.run(embedding.embed(inputs.get(0), false), inputs.get(1), null));
    }

    @Override
    public void close() {
        for (Parameter parameter : namedParameters().values()) {
            parameter.close();
        }
        kernels.close();
    }
}
