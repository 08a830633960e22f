package dev.dragoman.inference.search;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Searches any number of sentences, in batches of like length under a token budget, and answers in the caller's order.
 *
 * <p>Safe for use by many threads if the opener of sessions is.
 */
public final class BatchSearch {
    /**
     * Padded source tokens times beam size that run together. At beam 4 and 25 tokens these are 40 sentences, about GNMT's 35: enough
     * rows to keep matrix products busy, few enough that the attention's memory stays in the tens of megabytes.
     */
    public static final int DEFAULT_MAXIMUM_TOKENS = 4096;

    private final Function<int[][], DecoderSession> sessions;
    private final int bosId;
    private final int eosId;
    private final int maximumTokens;

    /**
     * Creates a search over one network.
     *
     * @param sessions opens a session over source ids {@code [sentences][tokens]}, which end with the end symbol; closed here
     * @param bosId the id fed at the first step
     * @param eosId the id that finishes a hypothesis
     * @param maximumTokens budget of a batch: padded source tokens times beam size; a sentence that exceeds it runs alone
     */
    public BatchSearch(Function<int[][], DecoderSession> sessions, int bosId, int eosId, int maximumTokens) {
        if (maximumTokens < 1) {
            throw new IllegalArgumentException("maximumTokens must be at least 1, but is " + maximumTokens);
        }
        this.sessions = sessions;
        this.bosId = bosId;
        this.eosId = eosId;
        this.maximumTokens = maximumTokens;
    }

    /**
     * Searches the targets of a list of sentences.
     *
     * @param sources {@code [sentences][tokens]}, as the session takes them
     * @param maximumLengths {@code [sentences]}, the most target tokens of each, {@code </s>} included
     * @return per sentence at least one and at most {@code nBest} hypotheses, best first
     * @throws IllegalStateException if the network returns numbers that are no log probabilities
     */
    public List<List<Hypothesis>> search(int[][] sources, int[] maximumLengths, SearchOptions options) {
        if (maximumLengths.length != sources.length) {
            throw new IllegalArgumentException("maximumLengths must have one entry for each of the " + sources.length
                    + " sentences, but has " + maximumLengths.length);
        }
        int[] lengths = Arrays.stream(sources).mapToInt(ids -> ids.length).toArray();
        BatchPlan plan = BatchPlan.of(lengths, Math.max(1, maximumTokens / options.beamSize()));
        BeamSearch search = new BeamSearch(options);
        @SuppressWarnings("unchecked")
        List<Hypothesis>[] found = new List[sources.length];
        for (int[] batch : plan.batches()) {
            int[][] batchSources =
                    Arrays.stream(batch).mapToObj(i -> sources[i]).toArray(int[][]::new);
            int[] limits = Arrays.stream(batch).map(i -> maximumLengths[i]).toArray();
            try (DecoderSession session = sessions.apply(batchSources)) {
                List<List<Hypothesis>> hypotheses = search.search(session, bosId, eosId, limits);
                for (int i = 0; i < batch.length; i++) {
                    found[batch[i]] = hypotheses.get(i);
                }
            }
        }
        return List.of(found);
    }
}
