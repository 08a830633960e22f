package dev.dragoman.training;

import dev.dragoman.training.ValidationReport.Direction;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The {@code README.md} of a model directory that training writes: what the model is, what it was trained on and how it scored. */
final class ModelCard {
    private ModelCard() {}

    /**
     * The card as Markdown.
     *
     * @param parameters how many numbers the network has
     * @param report the validation of exactly these weights, null before it is done or without development text
     */
    static String of(
            TranslationRecipe recipe, TrainingState state, long parameters, @Nullable ValidationReport report) {
        StringBuilder card = new StringBuilder();
        line(card, "# %s", recipe.name());
        line(card, "");
        line(
                card,
                "%,d parameters, %s weights; trained by `dragoman train` for %,d of %,d updates, %.1f hours.",
                parameters,
                recipe.training().modelPrecision(),
                state.update(),
                recipe.training().updates(),
                state.seconds() / 3600);
        line(card, "The run's folder has the curves and the metrics of every update.");
        line(card, "");
        line(card, "## Text");
        line(card, "| file | direction | kinds | weight |");
        line(card, "| --- | --- | --- | --- |");
        for (TranslationRecipe.Corpus corpus : recipe.corpora()) {
            List<String> kinds = corpus.kinds();
            line(
                    card,
                    "| %s | %s to %s | %s | %s |",
                    corpus.file(),
                    corpus.source(),
                    corpus.target(),
                    kinds == null ? "all" : String.join(", ", kinds),
                    corpus.weight() == null ? "1" : corpus.weight());
        }
        if (report != null) {
            line(card, "");
            line(card, "## Scores on development text");
            int sentences = recipe.training().validateSentences();
            line(
                    card,
                    "Greedy translations of %s, with the weights as stored here.",
                    sentences == 0 ? "all sentences" : "the first " + sentences + " sentences");
            line(card, "");
            line(card, "| direction | perplexity per piece | BLEU | chrF2 |");
            line(card, "| --- | --- | --- | --- |");
            for (Direction direction : report.directions()) {
                line(
                        card,
                        "| %s | %.2f | %.2f | %.2f |",
                        direction.name(),
                        direction.perplexity(),
                        direction.bleu(),
                        direction.chrf());
            }
        }
        return card.toString();
    }

    private static void line(StringBuilder card, String format, Object... values) {
        card.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
