package dev.dragoman.app.translation;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way: its sentences one by one, and the whole.
 *
 * @param request what is translated
 * @param sentences in the order of the texts and of the sentences in them
 * @param texts completes with one translation for each text
 */
public record TranslationStream(
        ValidRequest request, List<Sentence> sentences, CompletableFuture<List<TranslatedText>> texts) {
    /** Completes when nothing of it is under way any more, exceptionally if something failed. */
    CompletableFuture<Void> ended() {
        Stream<CompletableFuture<?>> parts = sentences.stream().map(Sentence::result);
        return CompletableFuture.allOf(Stream.concat(Stream.of(texts), parts).toArray(CompletableFuture[]::new));
    }

    /**
     * A sentence that may not be translated yet.
     *
     * @param text index of its text
     * @param index its place among the sentences of that text
     * @param result completes with its translation, or with the {@link dev.dragoman.app.errors.ServiceException} that stands in its way
     */
    public record Sentence(int text, int index, CompletableFuture<Result> result) {}

    /**
     * A sentence's translation.
     *
     * @param text the best translation
     * @param score its normalised log probability, the lowest of its parts where it was too long for the model; null if it stayed as
     *     it was
     * @param degenerate whether it is a loop, empty or untranslated, whatever was tried
     */
    public record Result(String text, @Nullable Double score, boolean degenerate) {}
}
