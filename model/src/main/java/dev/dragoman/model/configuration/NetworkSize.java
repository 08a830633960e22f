package dev.dragoman.model.configuration;

import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Join;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import java.util.List;
import java.util.Set;

/**
 * What a whole network costs, part by part.
 *
 * <p>A time step is one source token and one target token of a translation, or one token of a language model. The counts are those of the
 * forward pass in training; serving leaves out the gates' noise matrices. Back-propagation costs twice the forward pass again. A strictly
 * balanced gate is counted at its mean, {@code mixture.perRow} experts of a level.
 *
 * @param embedding the table of piece vectors
 * @param recurrent LSTM layers, with the weights that read the context of attention, and the matrix above an encoder that reads both ways
 * @param attention its projections and scores
 * @param gates of all mixture layers
 * @param experts of all mixture layers
 * @param softmax over the whole vocabulary
 */
public record NetworkSize(
        LayerSize embedding,
        LayerSize recurrent,
        LayerSize attention,
        LayerSize gates,
        LayerSize experts,
        LayerSize softmax) {

    /** The whole network. */
    public LayerSize total() {
        return body().plus(embedding).plus(softmax);
    }

    /** All but embedding and softmax: what the tables of Shazeer et al. 2017 print for language models. */
    public LayerSize body() {
        return recurrent.plus(attention).plus(gates).plus(experts);
    }

    /**
     * Counts a translation network.
     *
     * @param sourceTokens length of the source sentences that attention looks at; 0 leaves that work out, as published counts do
     * @throws IllegalArgumentException if {@code sourceTokens} is negative
     * @throws ArithmeticException if a count does not fit 63 bits
     */
    public static NetworkSize of(NetworkConfiguration configuration, int sourceTokens) {
        Requirement.atLeast("sourceTokens", sourceTokens, 0);
        int width = configuration.width();
        Mixture mixture = configuration.mixture();
        LayerSize gates = gate(mixture, width).times(distinct(mixture.decoderAfter()));
        LayerSize experts = experts(mixture, width).times(distinct(mixture.decoderAfter()));
        for (int layer : Set.copyOf(mixture.encoderAfter())) {
            gates = gates.plus(gate(mixture, configuration.encoderWidth(layer)));
            experts = experts.plus(experts(mixture, configuration.encoderWidth(layer)));
        }
        return new NetworkSize(
                LayerSize.embedding(configuration.vocabularySize(), width, configuration.sharedSoftmax() ? 0 : 2),
                encoder(configuration).plus(decoder(configuration)),
                LayerSize.attention(width, configuration.attention().size(), sourceTokens),
                gates,
                experts,
                softmax(configuration.sharedSoftmax(), configuration.vocabularySize(), configuration.softmaxWidth()));
    }

    private static LayerSize encoder(NetworkConfiguration configuration) {
        int width = configuration.width();
        int cells = configuration.lstmCells();
        boolean normalised = configuration.layerNormalisation();
        LayerSize size = LayerSize.NONE;
        for (int layer = 1; layer <= configuration.encoderLayers(); layer++) {
            int inputs = configuration.encoderWidth(layer - 1);
            boolean bothWays = layer <= configuration.layersBothWays();
            int parts = bothWays && configuration.join() == Join.HALVES ? 2 : 1;
            size = size.plus(
                    lstm(inputs, cells / parts, width / parts, normalised).times(bothWays ? 2 : 1));
        }
        int top = configuration.encoderWidth(configuration.encoderLayers());
        return top == width ? size : size.plus(LayerSize.matrix(top, width));
    }

    private static LayerSize decoder(NetworkConfiguration configuration) {
        int width = configuration.width();
        int cells = configuration.lstmCells();
        boolean normalised = configuration.layerNormalisation();
        boolean parallel = configuration.attention().form() == Form.PARALLEL;
        boolean toLayers = configuration.attention().contextTo().layers();
        LayerSize first = lstm(parallel ? width : 2 * width, cells, width, normalised);
        if (parallel && !toLayers) {
            first = first.plus(LayerSize.matrix(width, width));
        }
        LayerSize above = lstm(toLayers ? 2 * width : width, cells, width, normalised);
        return first.plus(above.times(configuration.decoderLayers() - 1));
    }

    /**
     * Counts a language model.
     *
     * @throws ArithmeticException if a count does not fit 63 bits
     */
    public static NetworkSize of(LanguageModelConfiguration configuration) {
        int width = configuration.width();
        Mixture mixture = configuration.mixture();
        int mixtures = distinct(mixture.decoderAfter());
        return new NetworkSize(
                LayerSize.embedding(configuration.vocabularySize(), width, configuration.sharedSoftmax() ? 0 : 1),
                lstm(width, configuration.lstmCells(), width, configuration.layerNormalisation())
                        .times(configuration.layers()),
                LayerSize.NONE,
                gate(mixture, width).times(mixtures),
                experts(mixture, width).times(mixtures),
                softmax(configuration.sharedSoftmax(), configuration.vocabularySize(), width));
    }

    private static LayerSize lstm(int inputs, int cells, int outputs, boolean normalised) {
        LayerSize size =
                cells == outputs ? LayerSize.lstm(inputs, cells) : LayerSize.projectedLstm(inputs, cells, outputs);
        // A gain beside every bias.
        return normalised ? size.plus(LayerSize.vector(4L * cells)) : size;
    }

    private static LayerSize experts(Mixture mixture, int width) {
        int perRow = mixture.perRow();
        int chosen = mixture.gating().kind() == GateKind.SOFTMAX
                ? mixture.experts()
                : mixture.gating().groups() == 0 ? perRow : perRow * perRow;
        return LayerSize.experts(width, mixture.hidden(), mixture.experts(), chosen);
    }

    private static LayerSize gate(Mixture mixture, int width) {
        int groups = mixture.gating().groups();
        int matrices = mixture.gating().kind() == GateKind.NOISY_TOP_K ? 2 : 1;
        LayerSize gate = groups == 0
                ? LayerSize.flatGate(width, mixture.experts(), matrices)
                : LayerSize.twoLevelGate(width, groups, mixture.experts() / groups, mixture.perRow(), matrices);
        return mixture.gating().kind() == GateKind.STRICTLY_BALANCED ? gate.plus(thresholds(mixture)) : gate;
    }

    /** One for every choice of a strictly balanced gate. */
    private static LayerSize thresholds(Mixture mixture) {
        int experts = mixture.experts();
        int groups = mixture.gating().groups();
        if (groups == 0) {
            return LayerSize.vector(experts);
        }
        long used = groups + (long) mixture.perRow() * (experts / groups);
        return new LayerSize(0, (long) groups + experts, used, 0);
    }

    private static LayerSize softmax(boolean shared, int vocabularySize, int width) {
        return shared ? LayerSize.sharedSoftmax(vocabularySize, width) : LayerSize.softmax(vocabularySize, width);
    }

    private static int distinct(List<Integer> layers) {
        return Set.copyOf(layers).size();
    }
}
