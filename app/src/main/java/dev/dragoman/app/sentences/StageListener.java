package dev.dragoman.app.sentences;

import dev.dragoman.inference.LanguagePair;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Is told of the stages that the sentences of requests go through: what traces are made of. */
public interface StageListener {
    /** Listens to nothing. */
    StageListener NONE = (model, pair, known, stages) -> {};

    /**
     * A request has submitted sentences to a model. Called on a thread of the request, or in a step that was {@link #carried}.
     *
     * @param known how many of its sentences the cache had, or other requests had in flight
     * @param stages completes when the others, at least one, have been translated
     */
    void submitted(String model, LanguagePair pair, int known, CompletableFuture<Stages> stages);

    /** A step that will be taken on behalf of the request of this thread, on whatever thread. */
    default <T, R> Function<T, R> carried(Function<T, R> step) {
        return step;
    }
}
