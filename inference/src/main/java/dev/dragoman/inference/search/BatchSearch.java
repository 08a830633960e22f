package dev.dragoman.inference.search;

import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Searches any number of sentences and answers in the caller's order.
 *
 * <p>They enter longest first, so that those beside one another are of like length and little is padding, and so that what needs most
 * memory comes first; where sentences have ended, others take their rows. Safe for use by many threads if the opener of sessions is.
 */
public final class BatchSearch {
    /**
     * Padded source tokens times beam size that run together. At beam 4 and 25 tokens these are 40 sentences, about GNMT's 35: enough
     * rows to keep matrix products busy, few enough that the attention's memory stays in the tens of megabytes.
     */
    public static final int DEFAULT_MAXIMUM_TOKENS = 4096;

    /** Short sentences would otherwise make thousands of rows, and scores of each for the whole vocabulary. */
    private static final int MAXIMUM_ROWS = 1024;

    private final Supplier<DecoderSession> sessions;
    private final int bosId;
    private final int eosId;
    private final int maximumTokens;

    /**
     * Creates a search over one network.
     *
     * @param sessions opens a session without rows; closed here
     * @param bosId the id fed at the first step
     * @param eosId the id that finishes a hypothesis
     * @param maximumTokens how much runs together: padded source tokens times beam size; a sentence that exceeds it runs alone
     */
    public BatchSearch(Supplier<DecoderSession> sessions, int bosId, int eosId, int maximumTokens) {
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
     * @throws InvalidCandidatesException if the network returns numbers that are no log probabilities
     */
    public List<List<Hypothesis>> search(int[][] sources, int[] maximumLengths, SearchOptions options) {
        if (maximumLengths.length != sources.length) {
            throw new IllegalArgumentException("maximumLengths must have one entry for each of the " + sources.length
                    + " sentences, but has " + maximumLengths.length);
        }
        return search(IntStream.range(0, sources.length)
                .mapToObj(i -> new SearchSentence(sources[i], maximumLengths[i], options, null, null))
                .toList());
    }

    /**
     * Searches the targets of a list of sentences, each in its own way.
     *
     * @return per sentence at least one hypothesis, best first
     * @throws InvalidCandidatesException if the network returns numbers that are no log probabilities
     */
    public List<List<Hypothesis>> search(List<SearchSentence> wanted) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        int widest = wanted.stream()
                .mapToInt(sentence -> sentence.options().beamSize())
                .max()
                .orElseThrow();
        List<Sentence> sentences = wanted.stream().map(Sentence::new).toList();
        List<Sentence> longestFirst = sentences.stream()
                .sorted(Comparator.comparingInt(
                        (Sentence sentence) -> -sentence.wanted().source().length))
                .toList();
        SearchLimits limits = new SearchLimits(
                Math.max(MAXIMUM_ROWS, widest), Integer.MAX_VALUE, Math.max(1, maximumTokens / widest));
        try (ContinuousSearch search = new ContinuousSearch(sessions.get(), bosId, eosId)) {
            run(search, longestFirst, limits);
        }
        return sentences.stream().map(Sentence::best).toList();
    }

    private static void run(ContinuousSearch search, List<Sentence> longestFirst, SearchLimits limits) {
        int next = 0;
        int full = 0;
        do {
            // Encoding is cheaper for several at once, so a quarter has to be free before others enter.
            if (4 * search.sentences() <= 3 * full || full == 0) {
                while (next < longestFirst.size() && search.hasRoom(longestFirst.get(next), limits)) {
                    search.admit(longestFirst.get(next));
                    next++;
                }
                full = search.sentences();
            }
        } while (search.step());
    }

    private static final class Sentence implements SearchTask {
        private final SearchSentence wanted;
        private @Nullable List<Hypothesis> best;
        private @Nullable InvalidCandidatesException fault;

        Sentence(SearchSentence wanted) {
            this.wanted = wanted;
        }

        @Override
        public SearchSentence wanted() {
            return wanted;
        }

        @Override
        public void found(List<Hypothesis> hypotheses) {
            best = hypotheses;
        }

        @Override
        public void failed(InvalidCandidatesException why) {
            fault = why;
        }

        List<Hypothesis> best() {
            if (fault != null) {
                throw fault;
            }
            if (best == null) {
                throw new IllegalStateException("The search ended before a sentence did");
            }
            return best;
        }
    }
}
