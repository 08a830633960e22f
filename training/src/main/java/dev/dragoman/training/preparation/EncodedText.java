package dev.dragoman.training.preparation;

import dev.dragoman.training.data.Shard;
import dev.dragoman.training.data.SkipReason;
import java.util.List;
import java.util.Map;

/**
 * What the index knows of a text.
 *
 * @param name the text's
 * @param read pairs of the original
 * @param pairs pairs that are encoded
 * @param sourceTokens ids of their sources
 * @param targetTokens ids of their targets
 * @param skipped pairs left out by reason, by cleaning and by encoding
 * @param shards the files that hold them
 */
record EncodedText(
        String name,
        long read,
        int pairs,
        long sourceTokens,
        long targetTokens,
        Map<SkipReason, Long> skipped,
        List<Shard.Entry> shards) {}
