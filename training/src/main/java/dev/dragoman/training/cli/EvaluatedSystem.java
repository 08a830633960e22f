package dev.dragoman.training.cli;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.training.Likelihood;
import dev.dragoman.training.evaluation.PairedScore;
import dev.dragoman.training.evaluation.Score;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scores of a system's output.
 *
 * @param name what the report calls it: the file of its output, or the corpus that the model translated
 * @param segments how many sentences
 * @param scores of the corpus, by metric; empty if sentences were scored
 * @param sentences of every sentence, by metric; empty if the corpus was scored
 * @param run of a model, null if the output was there already
 */
record EvaluatedSystem(
        String name,
        int segments,
        List<PairedScore> scores,
        List<List<Score>> sentences,
        @Nullable ModelRun run) {

    /**
     * How a model came to its output.
     *
     * @param direction of translation
     * @param beam size
     * @param seconds of translation
     * @param tooLong sources that the model could not read, with empty translations
     * @param perplexity of the references, null if it was not asked for
     */
    record ModelRun(
            LanguagePair direction,
            int beam,
            double seconds,
            int tooLong,
            @Nullable Perplexity perplexity) {}

    /**
     * How well a model predicts the references, by teacher forcing.
     *
     * @param likelihood of all of them, and of how many tokens
     * @param words of them, with a word for every sentence's end
     * @param leftOut pairs that could not be measured
     */
    record Perplexity(Likelihood likelihood, long words, int leftOut) {
        double perPiece() {
            return Math.exp(likelihood.perToken());
        }

        double perWord() {
            return Math.exp(likelihood.sum() / words);
        }
    }
}
