package dev.dragoman.training.data;

import java.util.List;

/**
 * A part of a corpus whose pairs lie in shards.
 *
 * @param part the part it plays; {@link CorpusPart#reversed} swaps source and target of every pair
 * @param shards its pairs, in order; several parts may share them
 * @param report what was read and left out when they were written
 */
public record ShardedPart(CorpusPart part, List<Shard> shards, CorpusReport report) {
    public ShardedPart {
        shards = List.copyOf(shards);
    }

    long pairs() {
        return shards.stream().mapToLong(Shard::pairs).sum();
    }
}
