package dev.dragoman.app.sentences;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A way from sentences to their translations: through one model, or through several. */
@FunctionalInterface
public interface SentenceRoute {
    /**
     * Translates each of some sentences once.
     *
     * @param sentences with their number of source tokens, none above the maximum of the model that reads them
     * @param deadline until when the request waits; the sentences that nobody waits for then are not begun
     * @return completes with the translation of every sentence, or with the {@link ServiceException} of one
     * @throws ServiceException if the request is not admitted; nothing of it is then waiting
     */
    CompletableFuture<Map<String, Translation>> translate(
            Map<String, Integer> sentences, LanguagePair pair, TranslationOptions options, Deadline deadline);
}
