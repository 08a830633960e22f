package dev.dragoman.training.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sentence pairs in mapped files: the shards of several parts, one behind another. */
final class MappedPairs implements EncodedPairs {
    private final Shard[] shards;
    private final boolean[] reversed;
    /** Number of each shard's first pair, and that behind the last. */
    private final int[] firstPairs;

    MappedPairs(List<ShardedPart> parts) {
        List<Shard> all = new ArrayList<>();
        parts.forEach(part -> all.addAll(part.shards()));
        shards = all.toArray(Shard[]::new);
        reversed = new boolean[shards.length];
        firstPairs = new int[shards.length + 1];
        int at = 0;
        for (ShardedPart part : parts) {
            for (Shard shard : part.shards()) {
                reversed[at] = part.part().reversed();
                firstPairs[at + 1] = Math.addExact(firstPairs[at], shard.pairs());
                at++;
            }
        }
    }

    @Override
    public int size() {
        return firstPairs[shards.length];
    }

    @Override
    public int sourceLength(int pair) {
        return length(pair, false);
    }

    @Override
    public int targetLength(int pair) {
        return length(pair, true);
    }

    @Override
    public void copySource(int pair, int[] ids, int offset) {
        copy(pair, false, ids, offset);
    }

    @Override
    public void copyTarget(int pair, int[] ids, int offset) {
        copy(pair, true, ids, offset);
    }

    private int length(int pair, boolean target) {
        int at = shardOf(pair);
        int within = pair - firstPairs[at];
        return target == reversed[at] ? shards[at].sourceLength(within) : shards[at].targetLength(within);
    }

    private void copy(int pair, boolean target, int[] ids, int offset) {
        int at = shardOf(pair);
        int within = pair - firstPairs[at];
        if (target == reversed[at]) {
            shards[at].copySource(within, ids, offset);
        } else {
            shards[at].copyTarget(within, ids, offset);
        }
    }

    private int shardOf(int pair) {
        int found = Arrays.binarySearch(firstPairs, pair);
        if (found < 0) {
            return -found - 2;
        }
        // A shard is never empty, so the numbers are all different.
        return found;
    }
}
