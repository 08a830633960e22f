package dev.dragoman.training;

import dev.dragoman.training.ValidationReport.Direction;
import dev.dragoman.training.data.Column;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The {@code README.md} of a language model's directory. */
final class LanguageModelCard {
    private LanguageModelCard() {}

    /**
     * The card as Markdown.
     *
     * @param parameters how many numbers the network has
     * @param report the validation of these weights before they were stored, null before it is done or without development text
     */
    static String of(
            LanguageModelRecipe recipe, TrainingState state, long parameters, @Nullable ValidationReport report) {
        StringBuilder card = new StringBuilder();
        line(card, "# %s", recipe.name());
        line(card, "");
        line(card, "A language model: it tells how likely a sentence is. It does not translate.");
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
        line(card, "Every sentence once, those of the development text left out.");
        line(card, "");
        line(card, "| file | columns | kinds | weight |");
        line(card, "| --- | --- | --- | --- |");
        for (LanguageModelRecipe.Corpus corpus : recipe.corpora()) {
            List<String> kinds = corpus.kinds();
            line(
                    card,
                    "| %s | %s | %s | %s |",
                    corpus.file(),
                    corpus.text().stream().map(Column::toString).collect(Collectors.joining(", ")),
                    kinds == null ? "all" : String.join(", ", kinds),
                    corpus.weight() == null ? "1" : corpus.weight());
        }
        if (report != null) {
            line(card, "");
            line(card, "## Perplexity of the development text");
            line(card, "Ends of sentences are predicted and counted, as pieces and as words.");
            line(card, "");
            line(card, "| text | per piece | per word |");
            line(card, "| --- | --- | --- |");
            for (Direction direction : report.directions()) {
                line(
                        card,
                        "| %s | %.2f | %.2f |",
                        direction.name(),
                        direction.perplexity(),
                        direction.wordPerplexity());
            }
        }
        return card.toString();
    }

    private static void line(StringBuilder card, String format, Object... values) {
        card.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
