package dev.dragoman.inference;

import dev.dragoman.inference.search.ContinuousSearch;
import dev.dragoman.inference.search.Hypothesis;
import dev.dragoman.inference.search.InvalidCandidatesException;
import dev.dragoman.inference.search.SearchOptions;
import dev.dragoman.inference.search.SearchTask;
import dev.dragoman.inference.search.TargetConstraint;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

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
            TargetConstraint constraint = translator.constraint(options);
            Task task = new Task(
                    source,
                    ModelTranslator.maximumLength(source, options, constraint),
                    options.search(),
                    constraint,
                    translator::translation);
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
        private final int maximumLength;
        private final SearchOptions options;
        private final @Nullable TargetConstraint constraint;
        private final BiFunction<List<Hypothesis>, ModelTranslator.Source, Translation> text;

        Task(
                ModelTranslator.Source source,
                int maximumLength,
                SearchOptions options,
                @Nullable TargetConstraint constraint,
                BiFunction<List<Hypothesis>, ModelTranslator.Source, Translation> text) {
            this.source = source;
            this.maximumLength = maximumLength;
            this.options = options;
            this.constraint = constraint;
            this.text = text;
        }

        @Override
        public int[] source() {
            return source.ids();
        }

        @Override
        public int maximumLength() {
            return maximumLength;
        }

        @Override
        public SearchOptions options() {
            return options;
        }

        @Override
        public @Nullable TargetConstraint constraint() {
            return constraint;
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
