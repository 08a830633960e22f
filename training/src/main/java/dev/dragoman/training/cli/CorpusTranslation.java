package dev.dragoman.training.cli;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.training.data.SentencePair;
import java.util.ArrayList;
import java.util.List;

/** Translates the sources of a corpus as serving would. */
final class CorpusTranslation {
    /** Enough for full batches sorted by length, few enough to show progress. */
    private static final int SENTENCES_TOGETHER = 512;

    private final Translator translator;
    private final LanguagePair pair;
    private final TranslationOptions options;

    CorpusTranslation(Translator translator, LanguagePair pair, TranslationOptions options) {
        this.translator = translator;
        this.pair = pair;
        this.options = options;
    }

    /** Hears how many sentences are done. */
    interface Progress {
        void done(int sentences);
    }

    /** Translates. A source that is too long for the model has an empty hypothesis, which costs what it should. */
    Result translate(List<SentencePair> pairs, Progress progress) {
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
            for (Translation translation : translator.translate(sources, pair, options)) {
                // A line feed inside would shift all lines behind it when they are written.
                hypotheses.add(translation.text().replace('\n', ' '));
            }
            progress.done(hypotheses.size());
        }
        return new Result(hypotheses, tooLong, (System.nanoTime() - begin) / 1e9);
    }

    /**
     * What came of it.
     *
     * @param hypotheses one per pair, in order, without line feeds
     * @param tooLong how many sources the model could not read
     * @param seconds time of the translation, tokenising included, opening the model not
     */
    record Result(List<String> hypotheses, int tooLong, double seconds) {}
}
