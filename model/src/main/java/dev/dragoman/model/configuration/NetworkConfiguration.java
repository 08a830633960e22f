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
 * @param bidirectional whether encoder layers read both ways
 * @param residualFrom the lowest LSTM layer with a residual connection: 1 as in Shazeer et al. 2017, 3 as in GNMT
 * @param attention how the decoder looks at the source
 * @param mixture the mixture-of-experts layers; with no positions named the network is dense
 * @param sharedSoftmax whether the softmax uses the embedding as its weight
 * @param dropout rate on the output of every embedding, LSTM and mixture layer when training, in {@code [0, 1)}
 * @param maximumLength the longest sentence, in tokens, that the model is meant for
 * @param bothWays which encoder layers read both ways, and how; absent for {@link BothWays#BOTTOM_IN_HALVES}, and where none does
 * @param layerNormalisation whether every gate of every LSTM cell is normalised, as in RNMT+ (Chen et al. 2018); absent for no
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
        int maximumLength,
        @Nullable BothWays bothWays,
        @Nullable Boolean layerNormalisation) {
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
        PARALLEL,
        /**
         * As {@link #RECURRENT}, but the layers above see the context that the first layer's output of their own step attends to; the
         * first layer reads it at the next step, and zeros at its first (Luong et al. 2015, section 3.3; RNMT+).
         */
        INPUT_FEEDING
    }

    /** What reads the context beside its own input, other than as {@link Form} says. */
    public enum ContextTo {
        /** Nothing: the layers above the first see the context through it. */
        FIRST_LAYER,
        /** Every decoder layer above the first, as in GNMT. */
        LAYERS,
        /** The softmax too, as in RNMT+. */
        LAYERS_AND_SOFTMAX;

        /** Whether the layers above the first do. */
        public boolean layers() {
            return this != FIRST_LAYER;
        }

        /** Whether the softmax does. */
        public boolean softmax() {
            return this == LAYERS_AND_SOFTMAX;
        }
    }

    /** How the outputs of a forward and a backward LSTM become one. */
    public enum Join {
        /** Each has half the cells and half the outputs; concatenated. */
        HALVES,
        /** Each has all of both; concatenated to twice the width, as in GNMT and RNMT+. */
        CONCATENATED,
        /** Each has all of both; added. */
        SUMMED
    }

    /**
     * Encoder layers that read both ways.
     *
     * <p>Where the top layer's outputs are {@link Join#CONCATENATED} a matrix {@code [D, 2D]} brings them back to the width.
     *
     * @param layers how many, from the bottom
     * @param join how each of them makes one output of two
     */
    public record BothWays(int layers, Join join) {
        public static final BothWays BOTTOM_IN_HALVES = new BothWays(1, Join.HALVES);

        public BothWays {
            Requirement.range("bothWays.layers", layers, 1, MOST_LAYERS);
            Requirement.present("bothWays.join", join);
        }
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
     * @param size A, its hidden size, of all heads together
     * @param heads parts of {@code size}, each of which scores by itself and averages its own part of the source vectors; the context is
     *     all of them side by side. Absent for 1
     * @param contextTo what reads the context besides; absent for {@link ContextTo#FIRST_LAYER}
     */
    public record Attention(
            Form form,
            Score score,
            int size,
            @Nullable Integer heads,
            @Nullable ContextTo contextTo) {
        public Attention {
            heads = heads == null ? 1 : heads;
            contextTo = contextTo == null ? ContextTo.FIRST_LAYER : contextTo;
            Requirement.present("attention.form", form);
            Requirement.present("attention.score", score);
            Requirement.atLeast("attention.size", size, 1);
            Requirement.atLeast("attention.heads", heads, 1);
            Requirement.that(
                    size % heads == 0,
                    "attention.size must be a multiple of attention.heads, " + heads + ", but is " + size);
        }

        /** One head, and the context to the first layer only. */
        public Attention(Form form, Score score, int size) {
            this(form, score, size, null, null);
        }

        /** Parts that score by themselves. */
        @Override
        public Integer heads() {
            return Objects.requireNonNull(heads);
        }

        /** What reads the context besides. */
        @Override
        public ContextTo contextTo() {
            return Objects.requireNonNull(contextTo);
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
        layerNormalisation = layerNormalisation != null && layerNormalisation;
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
        Requirement.that(
                bidirectional || bothWays == null,
                "bothWays must be left out where bidirectional is false, but is " + bothWays);
        if (join(bidirectional, bothWays) == Join.HALVES && bidirectional) {
            Requirement.that(width % 2 == 0, "width must be even for a bidirectional layer, but is " + width);
            Requirement.that(
                    lstmCells % 2 == 0, "lstmCells must be even for a bidirectional layer, but is " + lstmCells);
        }
        int layersBothWays = layersBothWays(bidirectional, bothWays);
        Requirement.range("bothWays.layers", layersBothWays, 0, encoderLayers);
        if (join(bidirectional, bothWays) == Join.CONCATENATED) {
            // Nothing can be added where a layer gives another width than it reads: at the first, and above the last
            // that reads both ways.
            int least = layersBothWays == encoderLayers ? 2 : layersBothWays + 2;
            Requirement.that(
                    residualFrom >= least,
                    "residualFrom must be at least " + least + " where the outputs of " + layersBothWays
                            + " encoder layers are concatenated, but is " + residualFrom);
        }
        Requirement.that(
                width % attention.heads() == 0,
                "width must be a multiple of attention.heads, " + attention.heads() + ", but is " + width);
        Requirement.that(
                !sharedSoftmax || !attention.contextTo().softmax(),
                "sharedSoftmax must be false where the softmax reads the context (attention.contextTo is "
                        + attention.contextTo() + "), but is true");
        Requirement.that(
                attention.form() != Form.PARALLEL || attention.contextTo() != ContextTo.LAYERS || decoderLayers > 1,
                "decoderLayers must be at least 2 where only layers above the first read the context, but is "
                        + decoderLayers);
        for (int layer : mixture.encoderAfter()) {
            Requirement.range("mixture.encoderAfter", layer, 1, encoderLayers);
        }
        for (int layer : mixture.decoderAfter()) {
            Requirement.range("mixture.decoderAfter", layer, 1, decoderLayers);
        }
    }

    /** Without what later versions added: the bottom encoder layer alone reads both ways, if one does, and nothing is normalised. */
    public NetworkConfiguration(
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
        this(
                vocabularySize,
                width,
                lstmCells,
                encoderLayers,
                decoderLayers,
                bidirectional,
                residualFrom,
                attention,
                mixture,
                sharedSoftmax,
                dropout,
                maximumLength,
                null,
                null);
    }

    /** Whether every gate is normalised. */
    @Override
    public Boolean layerNormalisation() {
        return Objects.requireNonNull(layerNormalisation);
    }

    /** How many encoder layers read both ways, from the bottom. */
    public int layersBothWays() {
        return layersBothWays(bidirectional, bothWays);
    }

    private static int layersBothWays(boolean bidirectional, @Nullable BothWays bothWays) {
        return !bidirectional ? 0 : bothWays == null ? BothWays.BOTTOM_IN_HALVES.layers : bothWays.layers;
    }

    /** How they make one output of two; without meaning where there are none. */
    public Join join() {
        return join(bidirectional, bothWays);
    }

    private static Join join(boolean bidirectional, @Nullable BothWays bothWays) {
        return !bidirectional || bothWays == null ? BothWays.BOTTOM_IN_HALVES.join : bothWays.join;
    }

    /** Numbers that an encoder layer, counted from 1, gives for each position, or, for 0, the embedding. */
    public int encoderWidth(int layer) {
        return layer >= 1 && layer <= layersBothWays() && join() == Join.CONCATENATED ? 2 * width : width;
    }

    /** Numbers that the softmax reads for each position. */
    public int softmaxWidth() {
        return attention.contextTo().softmax() ? 2 * width : width;
    }

    /** Whether LSTM outputs are projected. */
    public boolean projected() {
        return lstmCells != width;
    }
}
