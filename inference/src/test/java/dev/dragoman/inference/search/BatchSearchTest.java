package dev.dragoman.inference.search;

import static dev.dragoman.inference.search.ScriptedSession.BOS;
import static dev.dragoman.inference.search.ScriptedSession.EOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchSearchTest {
    private static final HashedScript NETWORK = new HashedScript(11, 6, 4, 0);

    private final List<ScriptedSession> sessions = new ArrayList<>();

    @Test
    void search_moreThanFit_answersInTheCallersOrder() {
        int[][] sources = sources(3, 9, 1, 9, 4, 2);
        int[] limits = {4, 10, 5, 10, 6, 7};

        List<List<Hypothesis>> found = search(10).search(sources, limits, SearchOptions.GREEDY);

        assertThat(sessions.get(0).admissions).hasSizeGreaterThan(2);
        for (int i = 0; i < sources.length; i++) {
            List<Hypothesis> alone = search(10)
                    .search(new int[][] {sources[i]}, new int[] {limits[i]}, SearchOptions.GREEDY)
                    .get(0);
            assertThat(found.get(i))
                    .usingRecursiveFieldByFieldElementComparator()
                    .isEqualTo(alone);
        }
    }

    @Test
    void search_budget_countsEveryRowOfTheBeam() {
        search(64).search(sources(8, 8, 8, 8), new int[] {5, 5, 5, 5}, SearchOptions.beam(4, 0));

        assertThat(sessions.get(0).admissions).startsWith(2);
        assertThat(sessions.get(0).admissions.stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .isEqualTo(4);
        assertThat(sessions.get(0).rowsPerStep).allMatch(rows -> rows <= 8);
    }

    @Test
    void search_always_closesItsSessions() {
        search(8).search(sources(5, 5), new int[] {5, 5}, SearchOptions.GREEDY);

        assertThat(sessions).hasSize(1).allMatch(ScriptedSession::isClosed);
    }

    @Test
    void search_brokenNetwork_closesItsSession() {
        BatchSearch broken = new BatchSearch(
                () -> {
                    sessions.add(new ScriptedSession((sentence, history) -> new float[] {Float.NaN}));
                    return sessions.get(0);
                },
                BOS,
                EOS,
                10);

        assertThatIllegalStateException()
                .isThrownBy(() -> broken.search(sources(1), new int[] {5}, SearchOptions.GREEDY));
        assertThat(sessions).hasSize(1).allMatch(ScriptedSession::isClosed);
    }

    @Test
    void search_noSentences_opensNoSession() {
        assertThat(search(8).search(new int[0][], new int[0], SearchOptions.GREEDY))
                .isEmpty();
        assertThat(sessions).isEmpty();
    }

    @Test
    void search_maximumLengthsOfWrongSize_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> search(8).search(sources(1, 1), new int[] {5}, SearchOptions.GREEDY))
                .withMessage("maximumLengths must have one entry for each of the 2 sentences, but has 1");
    }

    @Test
    void construction_noBudget_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> search(0))
                .withMessage("maximumTokens must be at least 1, but is 0");
    }

    @Test
    void search_sentencesEnd_othersTakeTheirRowsWithoutWaitingForTheLast() {
        // Sentence n, whose first id is n, ends after n words; each has room for itself and one more.
        BatchSearch search = new BatchSearch(
                () -> {
                    sessions.add(new ScriptedSession((sentence, history) -> history.size() < sentence
                            ? new float[] {-99, -99, -99, 0, -50, -60}
                            : new float[] {-99, -99, 0, -99, -99, -99}));
                    return sessions.get(0);
                },
                BOS,
                EOS,
                2);

        List<List<Hypothesis>> found =
                search.search(TestSearch.sources(9, 1, 2, 3), new int[] {20, 20, 20, 20}, SearchOptions.GREEDY);

        assertThat(found).extracting(best -> best.get(0).ids().length).containsExactly(9, 1, 2, 3);
        // 1 + 1, 2 + 1 and 3 + 1 steps beside the ten of the longest.
        assertThat(sessions.get(0).rowsPerStep).containsExactly(2, 2, 2, 2, 2, 2, 2, 2, 2, 1);
        assertThat(sessions.get(0).admissions).containsExactly(2, 1, 1);
    }

    /** Sentences are told apart by their first id. */
    private BatchSearch search(int maximumTokens) {
        return new BatchSearch(
                () -> {
                    sessions.add(new ScriptedSession(NETWORK));
                    return sessions.get(sessions.size() - 1);
                },
                BOS,
                EOS,
                maximumTokens);
    }

    private static int[][] sources(int... lengths) {
        return IntStream.range(0, lengths.length)
                .mapToObj(i -> IntStream.range(0, lengths[i]).map(j -> i + j).toArray())
                .toArray(int[][]::new);
    }
}
