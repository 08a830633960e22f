package dev.dragoman.app.administration;

import dev.dragoman.app.sentences.CacheStatistics;
import dev.dragoman.app.sentences.SentenceCache;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;

/** The sentence cache, for its operator. */
@ManagementController
class CacheController {
    private final SentenceCache cache;

    CacheController(SentenceCache cache) {
        this.cache = cache;
    }

    @GetMapping("/admin/cache")
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
    Cleared clear() {
        return new Cleared(cache.clear());
    }
}
