package dev.dragoman.training.cli;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.training.OpenTranslationModel;
import dev.dragoman.training.PairSample;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.evaluation.Whitespace;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Translates corpora with a model, scores the result and measures how likely the model holds the references. */
final class ModelEvaluation {
    private final ModelArguments model;
    private final SearchArguments search;
    private final boolean withPerplexity;
    private final @Nullable Path output;
    private final PrintWriter errors;

    /**
     * Of a model.
     *
     * @param withPerplexity whether to measure the perplexity of the references
     * @param output where the translations are written, null for nowhere
     * @param errors hears of progress and of what is left out
     */
    ModelEvaluation(
            ModelArguments model,
            SearchArguments search,
            boolean withPerplexity,
            @Nullable Path output,
            PrintWriter errors) {
        this.model = model;
        this.search = search;
        this.withPerplexity = withPerplexity;
        this.output = output;
        this.errors = errors;
    }

    /**
     * Evaluates corpora, each by itself.
     *
     * @param files the corpora's names
     * @param pairs what is in them
     */
    void run(List<Path> files, List<List<SentencePair>> pairs, Scoring scoring, EvaluationReport report)
            throws IOException {
        TranslationOptions options = search.options(1);
        List<CorpusTranslation.Result> translated;
        LanguagePair direction;
        try (Translator translator = Translator.open(model.model)) {
            direction = model.direction(translator.languagePairs());
            translated = translate(pairs, new CorpusTranslation(translator, direction, options));
        }
        // The translator is closed by now, so that the weights are in memory once.
        List<EvaluatedSystem.@Nullable Perplexity> perplexities = perplexities(pairs, direction);
        for (int i = 0; i < files.size(); i++) {
            CorpusTranslation.Result result = translated.get(i);
            if (result.tooLong() > 0) {
                errors.println(
                        result.tooLong() + " sources are too long for the model and count as empty translations");
            }
            EvaluatedSystem.ModelRun run = new EvaluatedSystem.ModelRun(
                    direction, search.beam, result.seconds(), result.tooLong(), perplexities.get(i));
            // As they would be read again from the output.
            List<String> hypotheses =
                    result.hypotheses().stream().map(Whitespace::stripTrailing).toList();
            String name = files.get(i).toString();
            report.single(scoring.single(name, hypotheses, List.of(targets(pairs.get(i))), run));
        }
    }

    private List<CorpusTranslation.Result> translate(List<List<SentencePair>> corpora, CorpusTranslation translation)
            throws IOException {
        List<CorpusTranslation.Result> results = new ArrayList<>();
        try (BufferedWriter writer = output == null ? null : Files.newBufferedWriter(output)) {
            for (List<SentencePair> corpus : corpora) {
                CorpusTranslation.Result result = translation.translate(
                        corpus, done -> errors.println(String.format(Locale.ROOT, "%,d of %,d", done, corpus.size())));
                results.add(result);
                if (writer != null) {
                    for (String hypothesis : result.hypotheses()) {
                        writer.write(hypothesis + "\n");
                    }
                }
            }
        }
        return results;
    }

    private List<EvaluatedSystem.@Nullable Perplexity> perplexities(
            List<List<SentencePair>> corpora, LanguagePair direction) throws IOException {
        List<EvaluatedSystem.@Nullable Perplexity> perplexities = new ArrayList<>();
        if (!withPerplexity) {
            corpora.forEach(corpus -> perplexities.add(null));
            return perplexities;
        }
        try (OpenTranslationModel open = OpenTranslationModel.open(model.model)) {
            for (List<SentencePair> corpus : corpora) {
                PairSample sample = open.sample(corpus, direction);
                if (sample.leftOut() > 0) {
                    errors.println(
                            sample.leftOut()
                                    + " pairs are left out of the perplexity: a side is blank, or the source is too long for the model");
                }
                boolean empty = sample.encoded().size() == 0;
                perplexities.add(
                        empty
                                ? null
                                : new EvaluatedSystem.Perplexity(
                                        open.likelihood(sample), sample.words(), sample.leftOut()));
            }
        }
        return perplexities;
    }

    /** The references of a corpus, as they would be read from a file of one reference a line. */
    static List<String> targets(List<SentencePair> pairs) {
        return pairs.stream()
                .map(pair -> Whitespace.stripTrailing(pair.target()))
                .toList();
    }
}
