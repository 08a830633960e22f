package dev.dragoman.model;

import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
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

    /** The parallel form with factorised attention. */
    public static NetworkConfiguration parallel(int vocabularySize) {
        return of(vocabularySize, Form.PARALLEL, Score.FACTORISED, true, 8);
    }
}
