package dev.dragoman.training.cli;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.evaluation.Bleu;
import dev.dragoman.training.evaluation.BleuScore;
import dev.dragoman.training.evaluation.Chrf;
import dev.dragoman.training.evaluation.ChrfScore;
import java.util.ArrayList;
import java.util.List;

/** Translates the sources of a corpus as serving would and scores the result against its targets. */
final class CorpusEvaluation {
    /** Enough for full batches sorted by length, few enough to show progress. */
    private static final int SENTENCES_TOGETHER = 512;

    private final Translator translator;
    private final LanguagePair pair;
    private final TranslationOptions options;

    CorpusEvaluation(Translator translator, LanguagePair pair, TranslationOptions options) {
        this.translator = translator;
        this.pair = pair;
        this.options = options;
    }

    /** Hears how many sentences are done. */
    interface Progress {
        void done(int sentences);
    }

    /**
     * Translates and scores. A source that is too long for the model has an empty hypothesis, which costs what it should.
     *
     * @param pairs at least one
     */
    Result evaluate(List<SentencePair> pairs, Progress progress) {
        List<String> hypotheses = new ArrayList<>(pairs.size());
        int tooLong = 0;
        long begin = System.nanoTime();
        for (int start = 0; start < pairs.size(); start += SENTENCES_TOGETHER) {
            List<SentencePair> together = pairs.subList(start, Math.min(pairs.size(), start + SENTENCES_TOGETHER));
            List<String> sources = new ArrayList<>(together.size());
            for (SentencePair sentences : together) {
                boolean fits = translator.countTokens(sentences.source()) <= translator.maximumSourceTokens();
                tooLong += fits ? 0 : 1;
                // A blank sentence is its own translation.
                sources.add(fits ? sentences.source() : "");
            }
            translator.translate(sources, pair, options).stream()
                    .map(Translation::text)
                    .forEach(hypotheses::add);
            progress.done(hypotheses.size());
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        List<String> references = pairs.stream().map(SentencePair::target).toList();
        return new Result(
                hypotheses,
                Bleu.ofCorpus(hypotheses, references),
                Chrf.ofCorpus(hypotheses, references),
                tooLong,
                seconds);
    }

    /**
     * What came of it.
     *
     * @param hypotheses one per pair, in order
     * @param bleu over the corpus
     * @param chrf over the corpus
     * @param tooLong how many sources the model could not read
     * @param seconds time of the translation, tokenising included, opening the model and scoring not
     */
    record Result(List<String> hypotheses, BleuScore bleu, ChrfScore chrf, int tooLong, double seconds) {}
}
