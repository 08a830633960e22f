package dev.dragoman.inference.search;

import static dev.dragoman.inference.search.ScriptedSession.BOS;
import static dev.dragoman.inference.search.ScriptedSession.EOS;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Searches of sentences that all enter at once, and a task for those that do not. */
final class TestSearch {
    private TestSearch() {}

    /** A sentence that remembers what was found. */
    static final class Sentence implements SearchTask {
        private final int[] source;
        private final int maximumLength;
        private final SearchOptions options;

        @Nullable
        TargetConstraint constraint;

        int @Nullable [] shortlist;

        @Nullable
        List<Hypothesis> found;

        @Nullable
        InvalidCandidatesException fault;

        boolean cancelled;

        Sentence(int maximumLength, SearchOptions options, int... source) {
            this.source = source;
            this.maximumLength = maximumLength;
            this.options = options;
        }

        @Override
        public SearchSentence wanted() {
            return new SearchSentence(source, maximumLength, options, constraint, shortlist);
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void found(List<Hypothesis> hypotheses) {
            found = hypotheses;
        }

        @Override
        public void failed(InvalidCandidatesException why) {
            fault = why;
        }

        List<Hypothesis> best() {
            if (fault != null) {
                throw fault;
            }
            return Objects.requireNonNull(found, "the search ended before the sentence did");
        }
    }

    /** Searches sentences together; the session is closed. */
    static List<List<Hypothesis>> search(
            DecoderSession session, SearchOptions options, int[][] sources, int[] maximumLengths) {
        List<Sentence> sentences = IntStream.range(0, sources.length)
                .mapToObj(i -> new Sentence(maximumLengths[i], options, sources[i]))
                .toList();
        try (ContinuousSearch search = new ContinuousSearch(session, BOS, EOS)) {
            sentences.forEach(search::admit);
            run(search);
        }
        return sentences.stream().map(Sentence::best).toList();
    }

    static void run(ContinuousSearch search) {
        boolean going = true;
        while (going) {
            going = search.step();
        }
    }

    /** Sources of one id each. */
    static int[][] sources(int... sentences) {
        return Arrays.stream(sentences).mapToObj(id -> new int[] {id}).toArray(int[][]::new);
    }
}
