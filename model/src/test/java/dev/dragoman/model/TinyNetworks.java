package dev.dragoman.model;

import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.BothWays;
import dev.dragoman.model.configuration.NetworkConfiguration.ContextTo;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Join;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import java.util.List;

/** Configurations small enough for tests; in the test jar for other modules. */
public final class TinyNetworks {
    private TinyNetworks() {}

    /** Both LSTM stacks with a mixture layer, everything else as named. */
    public static NetworkConfiguration of(
            int vocabularySize, Form form, Score score, boolean bidirectional, int cells) {
        return new NetworkConfiguration(
                vocabularySize,
                8,
                cells,
                2,
                2,
                bidirectional,
                1,
                new Attention(form, score, 6),
                new Mixture(4, 2, 10, List.of(1), List.of(1), 0.1, 0.1, 0.01, false),
                true,
                0,
                50);
    }

    /**
     * GNMT's parts (Wu et al. 2016): a bidirectional bottom layer of twice the width, residual connections from the third layer, and the
     * context to every decoder layer. Mixture layers follow the encoder layers named and, of the decoder's three, the first and third.
     */
    public static NetworkConfiguration gnmt(int vocabularySize, Integer... encoderAfter) {
        return new NetworkConfiguration(
                vocabularySize,
                8,
                8,
                3,
                3,
                true,
                3,
                new Attention(Form.RECURRENT, Score.ADDITIVE, 6, null, ContextTo.LAYERS),
                mixture(List.of(encoderAfter), encoderAfter.length == 0 ? List.of() : List.of(1, 3)),
                true,
                0,
                50,
                new BothWays(1, Join.CONCATENATED),
                null);
    }

    /**
     * RNMT+'s parts (Chen et al. 2018): every encoder layer bidirectional, normalised gates, and the context of two heads to every decoder
     * layer and the softmax. Mixture layers as in {@link #gnmt}.
     */
    public static NetworkConfiguration rnmt(int vocabularySize, Integer... encoderAfter) {
        return new NetworkConfiguration(
                vocabularySize,
                8,
                8,
                3,
                3,
                true,
                3,
                new Attention(Form.INPUT_FEEDING, Score.ADDITIVE, 6, 2, ContextTo.LAYERS_AND_SOFTMAX),
                mixture(List.of(encoderAfter), encoderAfter.length == 0 ? List.of() : List.of(1, 3)),
                false,
                0,
                50,
                new BothWays(3, Join.CONCATENATED),
                true);
    }

    /** The parts of {@link #rnmt} in other combinations: the parallel form, outputs added, projected, and not every layer both ways. */
    public static NetworkConfiguration mixed(int vocabularySize) {
        return new NetworkConfiguration(
                vocabularySize,
                8,
                12,
                3,
                2,
                true,
                1,
                new Attention(Form.PARALLEL, Score.FACTORISED, 6, 2, ContextTo.LAYERS),
                mixture(List.of(2), List.of(1)),
                true,
                0,
                50,
                new BothWays(2, Join.SUMMED),
                true);
    }

    private static Mixture mixture(List<Integer> encoderAfter, List<Integer> decoderAfter) {
        return new Mixture(4, 2, 10, encoderAfter, decoderAfter, 0.1, 0.1, 0.01, false);
    }

    /** Both stacks with a mixture layer of two levels: six experts in three groups, a row goes to two of each of two. */
    public static NetworkConfiguration ofGroups(int vocabularySize) {
        return new NetworkConfiguration(
                vocabularySize,
                8,
                12,
                2,
                2,
                true,
                1,
                new Attention(Form.PARALLEL, Score.FACTORISED, 6),
                new Mixture(
                        6, 2, 10, List.of(1), List.of(1, 2), 0.1, 0.1, 0.01, true, new Gating(GateKind.NOISY_TOP_K, 3)),
                true,
                0,
                50);
    }

    /** The parallel form with factorised attention. */
    public static NetworkConfiguration parallel(int vocabularySize) {
        return of(vocabularySize, Form.PARALLEL, Score.FACTORISED, true, 8);
    }
}
