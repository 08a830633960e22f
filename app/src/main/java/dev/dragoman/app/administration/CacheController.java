package dev.dragoman.app.administration;

import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.ManagementPort;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.http.Scope;
import dev.dragoman.app.sentences.CacheStatistics;
import dev.dragoman.app.sentences.SentenceCache;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The sentence cache, for its operator. */
@RestController
@ManagementPort
class CacheController {
    private final SentenceCache cache;

    CacheController(SentenceCache cache) {
        this.cache = cache;
    }

    @GetMapping("/admin/cache")
    @Access(value = Scope.ADMIN, freeHere = true)
    @Operation(summary = "How the cache of sentences has fared since the start")
    CacheStatistics statistics() {
        return cache.statistics();
    }

    /**
     * What was forgotten.
     *
     * @param sentences finished translations; those in flight stay
     */
    record Cleared(long sentences) {}

    @DeleteMapping("/admin/cache")
    @Access(value = Scope.ADMIN, freeHere = true)
    @Operation(summary = "Forget all finished sentences")
    Cleared clear() {
        return new Cleared(cache.clear());
    }
}
