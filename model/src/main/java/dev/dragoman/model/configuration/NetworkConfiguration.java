package dev.dragoman.model.configuration;

import java.util.List;

/**
 * Every size of the network. Widths are in numbers, layers are counted from 1 at the bottom.
 *
 * @param vocabularySize V, pieces shared by all languages
 * @param width D, the width of embeddings and of every layer's output
 * @param lstmCells C, cells per LSTM layer; where it differs from {@code width} the output is projected to {@code width}
 * @param encoderLayers LSTM layers of the encoder, the bidirectional one counted once
 * @param decoderLayers LSTM layers of the decoder
 * @param bidirectional whether the first encoder layer reads both ways (each way {@code width / 2} outputs, concatenated)
 * @param residualFrom the lowest LSTM layer with a residual connection: 1 as in Shazeer et al. 2017, 3 as in GNMT
 * @param attention how the decoder looks at the source
 * @param mixture the mixture-of-experts layers; with no positions named the network is dense
 * @param sharedSoftmax whether the softmax uses the embedding as its weight
 * @param dropout rate on the output of every embedding, LSTM and mixture layer when training, in {@code [0, 1)}
 * @param maximumLength the longest sentence, in tokens, that the model is meant for
 */
public record NetworkConfiguration(
        int vocabularySize,
        int width,
        int lstmCells,
        int encoderLayers,
        int decoderLayers,
        boolean bidirectional,
        int residualFrom,
        Attention attention,
        Mixture mixture,
        boolean sharedSoftmax,
        double dropout,
        int maximumLength) {
    /** Deeper stacks do not train, and a damaged number must not make a reader build layers until memory ends. */
    private static final int MOST_LAYERS = 40;

    /** Where the context goes. */
    public enum Form {
        /**
         * The paper's: the first decoder layer supplies the query and receives the context, attended from its previous output, beside
         * its next input.
         */
        RECURRENT,
        /**
         * The first decoder layer supplies the query for its own step; the context, projected, is added to what the layers above read.
         * Training then needs no loop over target steps.
         */
        PARALLEL
    }

    /** The function that scores a source position (Shazeer et al. 2017, appendix G). */
    public enum Score {
        /** Equation 22: {@code sum_d V_d tanh((xU)_d) tanh((yW)_d)}. */
        FACTORISED,
        /** Equation 21, as in GNMT: {@code sum_d V_d tanh((xU)_d + (yW)_d)}. */
        ADDITIVE
    }

    /**
     * Attention.
     *
     * @param form where the context goes
     * @param score the scoring function
     * @param size A, its hidden size
     */
    public record Attention(Form form, Score score, int size) {
        public Attention {
            Requirement.present("attention.form", form);
            Requirement.present("attention.score", score);
            Requirement.atLeast("attention.size", size, 1);
        }
    }

    /**
     * Mixture-of-experts layers.
     *
     * @param experts E per layer
     * @param perRow k, experts that each row visits
     * @param hidden H, hidden units of an expert
     * @param encoderAfter encoder LSTM layers that a mixture layer follows
     * @param decoderAfter decoder LSTM layers that a mixture layer follows
     * @param importanceWeight weight of the importance loss; 0 disables
     * @param loadWeight weight of the load loss; 0 disables
     * @param noiseFloor added to the noise scale for stability; 0 is the paper's equation 4, 0.01 its authors' later code
     * @param sigmoid whether the gated sum passes a sigmoid, as in the paper's appendix E
     */
    public record Mixture(
            int experts,
            int perRow,
            int hidden,
            List<Integer> encoderAfter,
            List<Integer> decoderAfter,
            double importanceWeight,
            double loadWeight,
            double noiseFloor,
            boolean sigmoid) {
        public Mixture {
            encoderAfter = Requirement.list("mixture.encoderAfter", encoderAfter);
            decoderAfter = Requirement.list("mixture.decoderAfter", decoderAfter);
            Requirement.atLeast("mixture.experts", experts, 1);
            Requirement.range("mixture.perRow", perRow, 1, experts);
            Requirement.atLeast("mixture.hidden", hidden, 1);
            Requirement.range("mixture.importanceWeight", importanceWeight, 0, 1000);
            Requirement.range("mixture.loadWeight", loadWeight, 0, 1000);
            Requirement.range("mixture.noiseFloor", noiseFloor, 0, 10);
        }
    }

    public NetworkConfiguration {
        Requirement.present("attention", attention);
        Requirement.present("mixture", mixture);
        Requirement.atLeast("vocabularySize", vocabularySize, 4);
        Requirement.atLeast("width", width, 2);
        Requirement.atLeast("lstmCells", lstmCells, 2);
        Requirement.range("encoderLayers", encoderLayers, 1, MOST_LAYERS);
        Requirement.range("decoderLayers", decoderLayers, 1, MOST_LAYERS);
        Requirement.atLeast("residualFrom", residualFrom, 1);
        Requirement.range("dropout", dropout, 0, 0.99);
        Requirement.atLeast("maximumLength", maximumLength, 1);
        if (bidirectional) {
            Requirement.that(width % 2 == 0, "width must be even for a bidirectional layer, but is " + width);
            Requirement.that(
                    lstmCells % 2 == 0, "lstmCells must be even for a bidirectional layer, but is " + lstmCells);
        }
        for (int layer : mixture.encoderAfter()) {
            Requirement.range("mixture.encoderAfter", layer, 1, encoderLayers);
        }
        for (int layer : mixture.decoderAfter()) {
            Requirement.range("mixture.decoderAfter", layer, 1, decoderLayers);
        }
    }

    /** Whether LSTM outputs are projected. */
    public boolean projected() {
        return lstmCells != width;
    }
}
