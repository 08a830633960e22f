package dev.dragoman.app.sentences;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A way from sentences to their translations: through one model, or through several. */
@FunctionalInterface
public interface SentenceRoute {
    /**
     * Translates each of some sentences once.
     *
     * @param sentences with their number of source tokens, none above the maximum of the model that reads them
     * @param request on whose behalf; what nobody waits for any more when it ends is given up
     * @return completes when the sentences are admitted, or with {@link ServiceException.Overloaded}; nothing of them is then waiting
     * @throws ServiceException if they never will be
     */
    CompletableFuture<InFlight> translate(
            Map<String, Integer> sentences, LanguagePair pair, TranslationOptions options, RequestContext request);

    /**
     * The sentences of a request after their admission.
     *
     * @param sentences each completes with its translation, or with a {@link ServiceException}; shared with other requests, so not to be
     *     completed by anybody
     */
    record InFlight(Map<String, CompletableFuture<Translation>> sentences) {
        /** Completes with the translations of all sentences, or with the {@link ServiceException} of one. */
        public CompletableFuture<Map<String, Translation>> translations() {
            return translations(sentences.keySet());
        }

        /** The same of some of them. */
        public CompletableFuture<Map<String, Translation>> translations(Collection<String> some) {
            Map<String, CompletableFuture<Translation>> wanted = new LinkedHashMap<>();
            some.forEach(sentence -> wanted.put(sentence, Objects.requireNonNull(sentences.get(sentence))));
            return CompletableFuture.allOf(wanted.values().toArray(CompletableFuture[]::new))
                    .thenApply(done -> joined(wanted));
        }

        private static Map<String, Translation> joined(Map<String, CompletableFuture<Translation>> futures) {
            Map<String, Translation> translations = new LinkedHashMap<>();
            futures.forEach((sentence, future) -> translations.put(sentence, future.join()));
            return translations;
        }
    }
}
