package dev.dragoman.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.kernel.Compute;
import dev.dragoman.model.kernel.KernelSettings;
import dev.dragoman.model.kernel.Kernels;
import dev.dragoman.model.layer.Decoder;
import dev.dragoman.model.layer.EncodedSource;
import dev.dragoman.model.layer.Encoder;
import dev.dragoman.model.layer.MixtureOfExperts;
import dev.dragoman.model.layer.NetworkBlock;
import dev.dragoman.model.layer.OutputSoftmax;
import dev.dragoman.model.layer.PaddedIds;
import dev.dragoman.model.layer.PieceEmbedding;
import dev.dragoman.model.layer.SourceArrays;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole network: embedding, encoder, attention, decoder and softmax, for training and serving alike.
 *
 * <p>Owns its kernels; {@link #close} frees them and the parameters.
 */
public final class TranslationNetwork extends NetworkBlock implements AutoCloseable {
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
                        configuration.width()));
    }

    /** A network without values; {@link #initialize} or a reader of weights fills it. */
    public static TranslationNetwork of(NetworkConfiguration configuration, Compute compute) {
        Kernels kernels = Kernels.load(new KernelSettings(
                compute,
                configuration.dropout(),
                configuration.mixture().perRow(),
                configuration.mixture().noiseFloor()));
        return new TranslationNetwork(kernels, configuration);
    }

    /** Gives every parameter its random start, from the engine's random stream. */
    public void initialize(NDManager manager) {
        for (Parameter parameter : namedParameters().values()) {
            parameter.initialize(manager, DataType.FLOAT32);
        }
    }

    public NetworkConfiguration configuration() {
        return configuration;
    }

    public Kernels kernels() {
        return kernels;
    }

    /**
     * The loss of one batch.
     *
     * @param total to be minimised: smoothed cross-entropy per target token plus every mixture layer's balance loss, scalar
     * @param logLikelihood negative log-likelihood of the target, natural log, summed over its tokens, scalar
     * @param tokens target tokens, the end symbol included
     * @param mixtures what each mixture layer reports, encoder before decoder; empty when not training
     */
    public record Loss(NDArray total, NDArray logLikelihood, int tokens, List<MixtureOfExperts.Balanced> mixtures) {}

    /**
     * Teacher forcing on a batch.
     *
     * @param manager owns all results
     * @param source with prefix and end symbol
     * @param targetInput begins with {@code bosId}
     * @param targetOutput the same sentences, ending with {@code eosId} instead
     * @param smoothing label smoothing, 0 disables
     * @param training whether gradients are recorded, with dropout and noise
     */
    public Loss loss(
            NDManager manager,
            PaddedIds source,
            PaddedIds targetInput,
            PaddedIds targetOutput,
            double smoothing,
            boolean training) {
        List<MixtureOfExperts.Balanced> mixtures = new ArrayList<>();
        EncodedSource encoded = encode(SourceArrays.of(manager, source), training, mixtures);
        NDArray ids = manager.create(targetInput.timeMajor(), new Shape(targetInput.length(), targetInput.sentences()));
        NDArray rows = manager.create(targetInput.rows());
        NDArray top = decoder.decode(embedding.embed(ids, training), encoded, rows, training, mixtures);
        OutputSoftmax.Loss loss = softmax.loss(top, rows, manager.create(targetOutput.realIds()), smoothing, training);
        int tokens = targetOutput.tokens();
        NDArray total = loss.total().div(tokens);
        for (MixtureOfExperts.Balanced mixture : mixtures) {
            total = total.add(mixture.balance());
        }
        return new Loss(total, loss.logLikelihood(), tokens, mixtures);
    }

    /** Encodes for serving; results belong to the arrays' manager. */
    EncodedSource encode(SourceArrays source) {
        return encode(source, false, new ArrayList<>());
    }

    private EncodedSource encode(SourceArrays source, boolean training, List<MixtureOfExperts.Balanced> mixtures) {
        NDArray memory = encoder.encode(embedding.embed(source.ids(), training), source, training, mixtures);
        return decoder.attendTo(memory, source.mask(), training);
    }

    /** Zero state for {@code rows} hypotheses. */
    NDList initialState(NDManager manager, long rows) {
        return decoder.initialState(manager, rows);
    }

    /** One decoder step: last ids {@code [1, N]}, one sentence and one state per row. */
    Decoder.Step step(NDArray lastIds, EncodedSource source, NDList state) {
        return decoder.step(embedding.embed(lastIds, false), source, state);
    }

    /** The best continuations of rows {@code [N, D]}: log-probabilities and ids, {@code [N, count]} each. */
    NDList best(NDArray top, int count) {
        return softmax.best(top, count);
    }

    @Override
    protected NDList forward(NDList inputs, boolean training) {
        SourceArrays source = new SourceArrays(inputs.get(0), inputs.get(1), inputs.get(2), inputs.get(3));
        List<MixtureOfExperts.Balanced> mixtures = new ArrayList<>();
        EncodedSource encoded = encode(source, training, mixtures);
        return new NDList(
                decoder.decode(embedding.embed(inputs.get(4), training), encoded, inputs.get(5), training, mixtures));
    }

    @Override
    public void close() {
        for (Parameter parameter : namedParameters().values()) {
            parameter.close();
        }
        kernels.close();
    }
}
