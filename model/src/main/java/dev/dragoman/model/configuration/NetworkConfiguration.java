package dev.dragoman.model.configuration;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
    static final int MOST_LAYERS = 40;

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
     * @param sigmoid whether the gated sum passes a sigmoid, as in the paper's appendices C and E
     * @param gating how rows choose their experts; absent for {@link Gating#FLAT}
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
            boolean sigmoid,
            @Nullable Gating gating) {
        public Mixture {
            gating = gating == null ? Gating.FLAT : gating;
            encoderAfter = Requirement.list("mixture.encoderAfter", encoderAfter);
            decoderAfter = Requirement.list("mixture.decoderAfter", decoderAfter);
            Requirement.atLeast("mixture.experts", experts, 1);
            Requirement.range("mixture.perRow", perRow, 1, experts);
            Requirement.atLeast("mixture.hidden", hidden, 1);
            Requirement.range("mixture.importanceWeight", importanceWeight, 0, 1000);
            Requirement.range("mixture.loadWeight", loadWeight, 0, 1000);
            Requirement.range("mixture.noiseFloor", noiseFloor, 0, 10);
            int groups = gating.groups();
            if (groups > 0) {
                Requirement.that(
                        experts % groups == 0 && groups < experts,
                        "mixture.experts must be a multiple of mixture.gating.groups, " + groups + ", but is "
                                + experts);
                Requirement.range("mixture.perRow", perRow, 1, Math.min(groups, experts / groups));
            }
        }

        /** Without a choice of gate: the noisy top-k gate of one level. */
        public Mixture(
                int experts,
                int perRow,
                int hidden,
                List<Integer> encoderAfter,
                List<Integer> decoderAfter,
                double importanceWeight,
                double loadWeight,
                double noiseFloor,
                boolean sigmoid) {
            this(
                    experts,
                    perRow,
                    hidden,
                    encoderAfter,
                    decoderAfter,
                    importanceWeight,
                    loadWeight,
                    noiseFloor,
                    sigmoid,
                    Gating.FLAT);
        }

        /** How rows choose their experts. */
        @Override
        public Gating gating() {
            return Objects.requireNonNull(gating);
        }

        /** Devices that the experts can be spread over at most: as many as there are experts or, since these stay whole, groups. */
        public int mostDevices() {
            return gating().groups() == 0 ? experts : gating().groups();
        }
    }

    /** The function of a gate. */
    public enum GateKind {
        /** Every expert for every row (equation 2): the dense reference. */
        SOFTMAX,
        /** The k largest of noisy logits (equations 3 to 5). */
        NOISY_TOP_K,
        /**
         * Every expert takes equally many rows of a batch, and in serving those above a threshold that training learnt (appendix F). A
         * row may then have more experts than k, or none.
         */
        STRICTLY_BALANCED
    }

    /**
     * How rows choose their experts.
     *
     * @param kind the function, on both levels
     * @param groups 0 for one level; else experts form so many equal groups, a row chooses k groups and in each of them k experts
     *     (Shazeer et al. 2017, appendix B)
     */
    public record Gating(GateKind kind, int groups) {
        /** Noisy top-k of one level. */
        public static final Gating FLAT = new Gating(GateKind.NOISY_TOP_K, 0);

        public Gating {
            Requirement.present("mixture.gating.kind", kind);
            Requirement.range("mixture.gating.groups", groups, 0, Integer.MAX_VALUE);
            Requirement.that(
                    groups == 0 || kind != GateKind.SOFTMAX,
                    "mixture.gating.groups must be 0 where every row visits every expert (SOFTMAX), but is " + groups);
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
