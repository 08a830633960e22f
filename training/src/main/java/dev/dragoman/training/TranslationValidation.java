package dev.dragoman.training;

import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.training.evaluation.Bleu;
import dev.dragoman.training.evaluation.Chrf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures a network on the development corpora: likelihood by teacher forcing, BLEU and chrF of what would be served. */
final class TranslationValidation {
    /** As many as a person compares; over all directions, of which each has one while there are no more than twice as many. */
    private static final int SAMPLES = 8;

    private final TranslationRecipe recipe;
    private final TrainingText text;
    private final Objective objective;

    TranslationValidation(TranslationRecipe recipe, TrainingText text, Objective objective) {
        this.recipe = recipe;
        this.text = text;
        this.objective = objective;
    }

    /**
     * Validates.
     *
     * @param model the network's model directory, opened to translate as serving does
     */
    ValidationReport run(int update, TrainableNetwork network, Path model) {
        List<ValidationReport.Direction> directions = new ArrayList<>();
        List<ValidationReport.Sample> samples = new ArrayList<>();
        int perDirection = Math.max(1, SAMPLES / Math.max(1, text.development().size()));
        try (Translator translator = Translator.open(model)) {
            for (TrainingText.Development corpus : text.development()) {
                int limit = recipe.training().validateSentences();
                int count = limit == 0
                        ? corpus.sources().size()
                        : Math.min(limit, corpus.sources().size());
                List<String> references = corpus.references().subList(0, count);
                List<String> hypotheses = translator
                        .translate(corpus.sources().subList(0, count), corpus.pair(), TranslationOptions.GREEDY)
                        .stream()
                        .map(Translation::text)
                        .toList();
                Likelihood likelihood = Likelihood.of(
                        corpus.encoded(),
                        objective.special(),
                        recipe.training().tokensPerBatch(),
                        objective::tokens,
                        network);
                directions.add(new ValidationReport.Direction(
                        corpus.pair().toString(),
                        likelihood.perToken(),
                        Bleu.ofCorpus(hypotheses, references).score(),
                        Chrf.ofCorpus(hypotheses, references).score()));
                int shown = Math.min(Math.min(perDirection, count), 2 * SAMPLES - samples.size());
                for (int sentence = 0; sentence < shown; sentence++) {
                    samples.add(new ValidationReport.Sample(
                            corpus.pair().toString(),
                            sentence,
                            corpus.sources().get(sentence),
                            references.get(sentence),
                            hypotheses.get(sentence)));
                }
            }
        }
        return new ValidationReport(update, directions, samples);
    }
}
