package dev.dragoman.inference;

import dev.dragoman.inference.search.ContinuousSearch;
import dev.dragoman.inference.search.Hypothesis;
import dev.dragoman.inference.search.InvalidCandidatesException;
import dev.dragoman.inference.search.SearchSentence;
import dev.dragoman.inference.search.SearchTask;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** Text in front of and behind a {@link ContinuousSearch}. */
final class ModelTranslationSession implements TranslationSession {
    private final ModelTranslator translator;
    private final ContinuousSearch search;

    /** The session is closed by the translator, if not before, so that native memory goes in the right order. */
    ModelTranslationSession(ModelTranslator translator, ContinuousSearch search) {
        this.translator = translator;
        this.search = search;
    }

    @Override
    public Occupancy occupancy() {
        return new Occupancy(search.sentences(), search.stepRows(), search.sourceTokens(), search.paddedTokens());
    }

    @Override
    public CompletableFuture<Translation> submit(String sentence, LanguagePair pair, TranslationOptions options) {
        return translator.whileOpen(() -> {
            ModelTranslator.Source source = translator.source(sentence, pair);
            if (source.tokens() == 0) {
                return CompletableFuture.completedFuture(ModelTranslator.untranslated(sentence));
            }
            Task task = new Task(source, translator.search(source, options), translator::translation);
            search.admit(task);
            return task;
        });
    }

    @Override
    public boolean step() {
        return translator.whileOpen(search::step);
    }

    @Override
    public void close() {
        translator.close(search);
    }

    /** A sentence in the search, and the future of its translation. */
    private static final class Task extends CompletableFuture<Translation> implements SearchTask {
        private final ModelTranslator.Source source;
        private final SearchSentence wanted;
        private final BiFunction<List<Hypothesis>, ModelTranslator.Source, Translation> text;

        Task(
                ModelTranslator.Source source,
                SearchSentence wanted,
                BiFunction<List<Hypothesis>, ModelTranslator.Source, Translation> text) {
            this.source = source;
            this.wanted = wanted;
            this.text = text;
        }

        @Override
        public SearchSentence wanted() {
            return wanted;
        }

        @Override
        public void found(List<Hypothesis> hypotheses) {
            try {
                complete(text.apply(hypotheses, source));
            } catch (RuntimeException undecodable) {
                completeExceptionally(undecodable);
            }
        }

        @Override
        public void failed(InvalidCandidatesException fault) {
            completeExceptionally(fault);
        }
    }
}
