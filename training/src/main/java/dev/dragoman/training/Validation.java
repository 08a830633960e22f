package dev.dragoman.training;

import ai.djl.ndarray.NDManager;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.model.TranslationNetwork;
import dev.dragoman.model.kernel.ComputeDevice;
import dev.dragoman.training.data.Batch;
import dev.dragoman.training.data.BatchSampler;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.EpochPlan;
import dev.dragoman.training.data.SamplerOptions;
import dev.dragoman.training.data.SpecialIds;
import dev.dragoman.training.evaluation.Bleu;
import dev.dragoman.training.evaluation.Chrf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Measures a network on the development corpora: likelihood by teacher forcing, BLEU and chrF of what would be served. */
final class Validation {
    private final Recipe recipe;
    private final TrainingText text;
    private final SpecialIds special;

    Validation(Recipe recipe, TrainingText text, SpecialIds special) {
        this.recipe = recipe;
        this.text = text;
        this.special = special;
    }

    /**
     * Validates.
     *
     * @param model the network's model directory, opened to translate as serving does
     */
    ValidationReport run(int update, TranslationNetwork network, Path model) {
        List<ValidationReport.Direction> directions = new ArrayList<>();
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
                directions.add(new ValidationReport.Direction(
                        corpus.pair().toString(),
                        negativeLogLikelihood(corpus, network),
                        Bleu.ofCorpus(hypotheses, references).score(),
                        Chrf.ofCorpus(hypotheses, references).score()));
            }
        }
        return new ValidationReport(update, directions);
    }

    /** That of training, or more where a sentence, which no filter has seen, needs it. */
    private int budget(EncodedCorpus corpus) {
        int budget = recipe.training().tokensPerBatch();
        for (int pair = 0; pair < corpus.size(); pair++) {
            // With prefix and end symbol.
            budget = Math.max(budget, Math.max(corpus.sourceLength(pair), corpus.targetLength(pair)) + 2);
        }
        return budget;
    }

    private double negativeLogLikelihood(TrainingText.Development corpus, TranslationNetwork network) {
        SamplerOptions options = SamplerOptions.of(0, budget(corpus.encoded()));
        EpochPlan plan = new BatchSampler(corpus.encoded(), special, options).plan(0);
        double sum = 0;
        long tokens = 0;
        for (int i = 0; i < plan.batches(); i++) {
            Batch batch = plan.batch(i);
            try (NDManager scratch = ComputeDevice.newManager()) {
                TranslationNetwork.Loss loss = network.loss(
                        scratch,
                        Trainer.source(batch),
                        Trainer.target(batch, batch.targetInput()),
                        Trainer.target(batch, batch.targetOutput()),
                        0,
                        false);
                sum += loss.logLikelihood().getFloat();
                tokens += loss.tokens();
            }
        }
        return sum / tokens;
    }
}
