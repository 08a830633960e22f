package dev.dragoman.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.block.NetworkBlock;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.layer.Decoder;
import dev.dragoman.model.layer.EncodedSource;
import dev.dragoman.model.layer.Encoder;
import dev.dragoman.model.layer.ForwardPass;
import dev.dragoman.model.layer.OutputSoftmax;
import dev.dragoman.model.layer.PaddedIds;
import dev.dragoman.model.layer.PieceEmbedding;
import dev.dragoman.model.layer.Segment;
import dev.dragoman.model.layer.SourceArrays;
import dev.dragoman.model.layer.StepWeights;
import dev.dragoman.model.mixture.ExpertStack;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The whole network: embedding, encoder, attention, decoder and softmax, for training and serving alike.
 *
 * <p>Owns its kernels; {@link #close} frees them and the parameters.
 */
public final class TranslationNetwork extends NetworkBlock implements ReplicableNetwork {
    private final NetworkConfiguration configuration;
    private final PieceEmbedding embedding;
    private final Encoder encoder;
    private final Decoder decoder;
    private final OutputSoftmax softmax;

    private TranslationNetwork(Kernels kernels, NetworkConfiguration configuration) {
        super(kernels);
        this.configuration = configuration;
        embedding = addChildBlock(
                "embedding", new PieceEmbedding(kernels, configuration.vocabularySize(), configuration.width()));
        encoder = addChildBlock("encoder", new Encoder(kernels, configuration));
        decoder = addChildBlock("decoder", new Decoder(kernels, configuration));
        softmax = addChildBlock(
                "softmax",
                new OutputSoftmax(
                        kernels,
                        embedding,
                        configuration.sharedSoftmax(),
                        configuration.vocabularySize(),
                        configuration.softmaxWidth()));
    }

    /** A network without values; {@link #initialize} or a reader of weights fills it. */
    public static TranslationNetwork of(NetworkConfiguration configuration, Compute compute) {
        return of(configuration, compute, compute, ComputeDevice.get());
    }

    /** As {@link #of(NetworkConfiguration, Compute)}, with a type of its own for the experts' products in serving. */
    static TranslationNetwork of(NetworkConfiguration configuration, Compute compute, Compute expertCompute) {
        return of(configuration, compute, expertCompute, ComputeDevice.get());
    }

    /** As {@link #of(NetworkConfiguration, Compute)}, for another device. */
    static TranslationNetwork of(NetworkConfiguration configuration, Compute compute, Device device) {
        return of(configuration, compute, compute, device);
    }

    private static TranslationNetwork of(
            NetworkConfiguration configuration, Compute compute, Compute expertCompute, Device device) {
        KernelSettings settings = new KernelSettings(
                compute,
                expertCompute,
                configuration.dropout(),
                configuration.mixture().perRow(),
                configuration.mixture().noiseFloor(),
                configuration.attention().heads());
        return new TranslationNetwork(Kernels.load(settings, device), configuration);
    }

    @Override
    public void initialize(NDManager manager, DataType expertType) {
        BatchLosses.initialize(this, manager, expertType);
    }

    public NetworkConfiguration configuration() {
        return configuration;
    }

    @Override
    public Kernels kernels() {
        return kernels;
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
        SourceArrays source =
                SourceArrays.of(manager, Objects.requireNonNull(batch.source(), "a translation needs a source"));
        NDArray ids = manager.create(input.timeMajor(), new Shape(input.length(), input.sentences()));
        NDArray rows = manager.create(input.rows());
        NDArray targets = manager.create(batch.targetOutput().realIds());
        List<Segment> segments = new ArrayList<>(encoder.segments(source, recording));
        Decoder.Pass decoding = decoder.pass(
                top -> new Decoder.Inputs(
                        embedding.embed(ids, recording),
                        decoder.attendTo(encoder.memory(top, recording), source.mask(), recording)),
                rows,
                recording);
        segments.addAll(decoding.segments());
        return new ForwardPass(
                embedding.embed(source.ids(), recording),
                segments,
                top -> softmax.loss(decoding.top(top), rows, targets, smoothing, recording));
    }

    @Override
    public Map<String, ExpertStack> expertStacks() {
        Map<String, ExpertStack> stacks = new LinkedHashMap<>(encoder.expertStacks());
        stacks.putAll(decoder.expertStacks());
        return stacks;
    }

    /** Encodes for serving; results belong to the arrays' manager. */
    EncodedSource encode(SourceArrays source) {
        NDArray memory = encoder.encode(embedding.embed(source.ids(), false), source, null);
        return decoder.attendTo(memory, source.mask(), false);
    }

    /** Zero state for {@code rows} hypotheses. */
    NDList initialState(NDManager manager, long rows) {
        return decoder.initialState(manager, rows);
    }

    /** One decoder step: last ids {@code [1, N]}, one sentence and one state per row. */
    Decoder.Step step(NDArray lastIds, EncodedSource source, NDList state) {
        return decoder.step(embedding.embed(lastIds, false), source, state);
    }

    /** What a decoder step in one call reads; empty where it takes several. */
    Optional<StepWeights> stepWeights() {
        return decoder.stepWeights(embedding, softmax);
    }

    /** The best continuations of rows, as {@link Decoder.Step} has them: log-probabilities and ids, {@code [N, count]} each. */
    NDList best(NDArray top, int count) {
        return softmax.best(top, count);
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        refuseTraining(training);
        SourceArrays source = new SourceArrays(inputs.get(0), inputs.get(1), inputs.get(2), inputs.get(3));
        return new NDList(decoder.decode(embedding.embed(inputs.get(4), false), encode(source), inputs.get(5), null));
    }

    @Override
    public void close() {
        for (Parameter parameter : namedParameters().values()) {
            parameter.close();
        }
        kernels.close();
    }
}
