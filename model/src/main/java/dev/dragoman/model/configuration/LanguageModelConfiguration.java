package dev.dragoman.model.configuration;

import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Every size of a language model: embedding, LSTM layers with mixture layers between them, softmax (Shazeer et al. 2017, section 5.1 and
 * appendix C).
 *
 * @param vocabularySize V
 * @param width D, the width of the embedding and of every layer's output
 * @param lstmCells C, cells per LSTM layer; where it differs from {@code width} the output is projected to {@code width}
 * @param layers LSTM layers
 * @param residualFrom the lowest LSTM layer with a residual connection, 1 as in the paper
 * @param mixture the mixture layers; {@code decoderAfter} names the LSTM layers that one follows, {@code encoderAfter} is empty
 * @param sharedSoftmax whether the softmax uses the embedding as its weight
 * @param dropout rate on the output of every embedding, LSTM and mixture layer when training, in {@code [0, 1)}
 * @param maximumLength the longest sentence, in tokens, that the model is meant for
 * @param layerNormalisation whether every gate of every LSTM cell is normalised; absent for no
 */
public record LanguageModelConfiguration(
        int vocabularySize,
        int width,
        int lstmCells,
        int layers,
        int residualFrom,
        Mixture mixture,
        boolean sharedSoftmax,
        double dropout,
        int maximumLength,
        @Nullable Boolean layerNormalisation) {
    public LanguageModelConfiguration {
        layerNormalisation = layerNormalisation != null && layerNormalisation;
        Requirement.present("mixture", mixture);
        Requirement.atLeast("vocabularySize", vocabularySize, 4);
        Requirement.atLeast("width", width, 2);
        Requirement.atLeast("lstmCells", lstmCells, 2);
        Requirement.range("layers", layers, 1, NetworkConfiguration.MOST_LAYERS);
        Requirement.atLeast("residualFrom", residualFrom, 1);
        Requirement.range("dropout", dropout, 0, 0.99);
        Requirement.atLeast("maximumLength", maximumLength, 1);
        Requirement.that(
                mixture.encoderAfter().isEmpty(),
                "mixture.encoderAfter must be empty in a language model, but is " + mixture.encoderAfter());
        for (int layer : mixture.decoderAfter()) {
            Requirement.range("mixture.decoderAfter", layer, 1, layers);
        }
    }

    /** With plain LSTM cells. */
    public LanguageModelConfiguration(
            int vocabularySize,
            int width,
            int lstmCells,
            int layers,
            int residualFrom,
            Mixture mixture,
            boolean sharedSoftmax,
            double dropout,
            int maximumLength) {
        this(
                vocabularySize,
                width,
                lstmCells,
                layers,
                residualFrom,
                mixture,
                sharedSoftmax,
                dropout,
                maximumLength,
                null);
    }

    /** Whether every gate is normalised. */
    @Override
    public Boolean layerNormalisation() {
        return Objects.requireNonNull(layerNormalisation);
    }
}
