package dev.dragoman.inference.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.dragoman.inference.search.ScriptedSession.Script;
import dev.dragoman.inference.search.ScriptedSession.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Scripted distributions whose best hypothesis is known by hand; ids 3, 4 and 5 are words. */
class BeamTest {
    private static final int LIMIT = 10;

    /** Greedy follows 3 (0.6) into a split; 4 (0.4) leads to a certain end. */
    private static final Table GARDEN_PATH = new Table()
            .after("", 0.0, 0.6, 0.4)
            .after("3", 0.0, 0.55, 0.45)
            .after("3 3", 1, 0, 0)
            .after("3 4", 1, 0, 0)
            .after("4", 0.0, 0.0, 1)
            .after("4 4", 1, 0, 0);

    @Test
    void search_gardenPath_beamFindsWhatGreedyMisses() {
        Hypothesis greedy = best(GARDEN_PATH, SearchOptions.GREEDY, LIMIT);
        Hypothesis beam = best(GARDEN_PATH, SearchOptions.beam(2, 0), LIMIT);

        assertThat(greedy.ids()).containsExactly(3, 3);
        assertThat(greedy.logProbability()).isCloseTo(Math.log(0.33), within(1e-6));
        assertThat(beam.ids()).containsExactly(4, 4);
        assertThat(beam.logProbability()).isCloseTo(Math.log(0.4), within(1e-6));
        assertThat(beam.score()).isEqualTo(beam.logProbability());
        assertThat(beam.truncated()).isFalse();
        assertThat(beam.tokens()).isEqualTo(3);
    }

    @Test
    void search_nBest_isOrderedByScore() {
        List<Hypothesis> hypotheses = search(GARDEN_PATH, new SearchOptions(4, 3, 0, 0, false), LIMIT);

        assertThat(hypotheses)
                .extracting(Hypothesis::ids)
                .containsExactly(new int[] {4, 4}, new int[] {3, 3}, new int[] {3, 4});
        assertThat(hypotheses).extracting(Hypothesis::score).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    }

    @Test
    void search_fewerHypothesesThanAsked_returnsAllThereAre() {
        Table onlyOne = new Table().after("", 0, 1, 0).after("3", 1, 0, 0);

        assertThat(search(onlyOne, new SearchOptions(4, 4, 0, 0, false), LIMIT)).hasSize(1);
    }

    @Test
    void search_endAtOnce_returnsAnEmptyTarget() {
        Table silent = new Table().otherwise(0.9, 0.1);

        Hypothesis hypothesis = best(silent, SearchOptions.GREEDY, LIMIT);

        assertThat(hypothesis.ids()).isEmpty();
        assertThat(hypothesis.tokens()).isEqualTo(1);
        assertThat(hypothesis.truncated()).isFalse();
    }

    /** Ending at once has probability 0.4, going on 0.6 * 0.6: only the length penalty prefers the longer one. */
    @Test
    void search_earlyEnd_yieldsToALongerHypothesisUnderTheLengthPenalty() {
        Table table = new Table()
                .after("", 0.4, 0.6)
                .after("3", 0.6, 0.4)
                .after("3 3", 0.1, 0.9)
                .otherwise(1, 0);

        assertThat(best(table, SearchOptions.beam(3, 0), LIMIT).ids()).isEmpty();
        assertThat(best(table, SearchOptions.beam(3, 1), LIMIT).ids()).isNotEmpty();
    }

    /** At step 1 nothing that lives scores better than the empty target; only its length to come makes it win. */
    @Test
    void search_liveHypothesisWinsOnlyAtItsFullLength_isNotAbandoned() {
        Table table = new Table()
                .after("", 0.4, 0.3, 0.3)
                .after("3", 0, 1)
                .after("3 3", 0, 1)
                .after("3 3 3", 0, 1)
                .after("3 3 3 3", 1, 0)
                .otherwise(0, 0.5, 0.5);

        assertThat(best(table, SearchOptions.beam(4, 1), LIMIT).ids()).containsExactly(3, 3, 3, 3);
    }

    /** Every second-best continuation is the end, but a hundred times less probable than going on. */
    @Test
    void search_improbableEnds_doNotEndTheSentence() {
        Table table = new Table().otherwise(0.01, 0.99).after("3 3 3 3 3 3", 0.99, 0.01);

        assertThat(best(table, SearchOptions.beam(2, 0.6), LIMIT).ids()).containsExactly(3, 3, 3, 3, 3, 3);
    }

    @Test
    void search_endOutsideTheBeam_doesNotFinish() {
        Table table = new Table().after("", 0.1, 0.5, 0.4).after("3", 1, 0, 0).after("4", 1, 0, 0);

        List<Hypothesis> hypotheses = search(table, new SearchOptions(2, 2, 0, 0, false), LIMIT);

        assertThat(hypotheses).extracting(Hypothesis::ids).containsExactly(new int[] {3}, new int[] {4});
    }

    @Test
    void search_ties_goToTheEarlierRowThenToTheLowerId() {
        Table fair = new Table().after("", 0, 0.25, 0.25, 0.5).otherwise(0.25, 0.25, 0.25, 0.25);

        List<Hypothesis> hypotheses = search(fair, new SearchOptions(3, 3, 0, 0, false), 2);

        assertThat(hypotheses)
                .extracting(Hypothesis::ids)
                .containsExactly(new int[] {5}, new int[] {5, 3}, new int[] {5, 4});
    }

    @Test
    void search_lengthLimit_returnsATruncatedHypothesis() {
        Table endless = new Table().otherwise(0, 0.3, 0.7);

        Hypothesis hypothesis = best(endless, SearchOptions.beam(3, 0.6), 4);

        assertThat(hypothesis.ids()).containsExactly(4, 4, 4, 4);
        assertThat(hypothesis.truncated()).isTrue();
        assertThat(hypothesis.tokens()).isEqualTo(4);
    }

    @Test
    void search_lengthLimit_finishedComeBeforeTruncated() {
        // Ending has a low probability everywhere, but is within the beam.
        Table reluctant = new Table().otherwise(0.01, 0.99);

        List<Hypothesis> hypotheses = search(reluctant, new SearchOptions(4, 4, 0, 0, false), 3);

        assertThat(hypotheses).extracting(Hypothesis::truncated).containsExactly(false, false, false, true);
        assertThat(hypotheses.get(3).ids()).containsExactly(3, 3, 3);
        assertThat(hypotheses.get(3).score()).isGreaterThan(hypotheses.get(0).score());
    }

    @Test
    void search_lengthLimitReachedWithEnoughFinished_returnsNothingTruncated() {
        Table reluctant = new Table().otherwise(0.01, 0.99);

        assertThat(search(reluctant, new SearchOptions(4, 3, 0, 0, false), 3))
                .hasSize(3)
                .noneMatch(Hypothesis::truncated);
    }

    @Test
    void search_coverage_prefersTheTargetThatReadsTheWholeSource() {
        Table table = new Table()
                .after("", 0, 0.5, 0.5)
                .after("3", 0.9, 0.1, 0)
                .after("4", 0, 0, 0.8, 0.2)
                .after("4 4", 1, 0, 0)
                .otherwise(1, 0, 0)
                .attend("", 0.9f, 0.1f)
                .attend("3", 1, 0)
                .attend("4", 0.2f, 0.8f);

        assertThat(best(table, new SearchOptions(3, 1, 0, 0, false), LIMIT).ids())
                .containsExactly(3);
        assertThat(best(table, new SearchOptions(3, 1, 0, 0.2, false), LIMIT).ids())
                .containsExactly(4, 4);
    }

    @Test
    void search_coverage_scoreIsTheFormulaWithoutTheEndSymbol() {
        Table table = new Table()
                .after("", 0, 1)
                .after("3", 0, 1)
                .after("3 3", 0, 1)
                .after("3 3 3", Math.exp(-3), 1 - Math.exp(-3))
                .otherwise(1, 0)
                .attend("", .7f, .2f, .1f)
                .attend("3", .1f, .5f, .4f)
                .attend("3 3", .1f, .1f, .8f)
                .attend("3 3 3", 1, 0, 0);

        List<Hypothesis> hypotheses = search(table, new SearchOptions(2, 2, 0.2, 0.2, false), LIMIT);

        assertThat(hypotheses.get(1).ids()).containsExactly(3, 3, 3);
        assertThat(hypotheses.get(1).score()).isCloseTo(-2.897963, within(1e-6));
    }

    @Test
    void search_alignments_areTheAttentionOfEveryTokenOfThePath() {
        Table table = new Table()
                .after("", 0, 0.5, 0.5)
                .after("4", 0, 0.8, 0.2)
                .after("4 3", 0.9, 0.1)
                .otherwise(0.2, 0.4, 0.4)
                .attend("", 1, 0)
                .attend("4", 0, 1)
                .attend("4 3", 0.5f, 0.5f);

        Hypothesis hypothesis = best(table, new SearchOptions(3, 1, 0, 0, true), LIMIT);

        assertThat(hypothesis.ids()).containsExactly(4, 3);
        assertThat(hypothesis.attention()).isDeepEqualTo(new float[][] {{1, 0}, {0, 1}, {0.5f, 0.5f}});
    }

    @Test
    void search_withoutCoverageOrAlignments_asksForNoAttention() {
        ScriptedSession session = new ScriptedSession(GARDEN_PATH);
        search(session, SearchOptions.beam(4, 0.6), LIMIT);

        assertThat(session.attentionSteps).isZero();
    }

    @Test
    void search_sentencesEnd_theirRowsLeave() {
        // Sentence n ends after n words.
        Script lengths = (sentence, history) -> history.size() < sentence
                ? new float[] {-99, -99, -99, 0, -50, -60}
                : new float[] {-99, -99, 0, -99, -99, -99};

        ScriptedSession session = new ScriptedSession(lengths);
        List<List<Hypothesis>> all =
                TestSearch.search(session, SearchOptions.GREEDY, TestSearch.sources(2, 0, 3), new int[] {9, 9, 9});

        assertThat(all).extracting(best -> best.get(0).ids().length).containsExactly(2, 0, 3);
        assertThat(session.rowsPerStep).containsExactly(3, 2, 2, 1);
        // After the first and the third step, and when none is left.
        assertThat(session.reorders).isEqualTo(3);
    }

    /** With alpha 0 nothing that lives can beat log 0.9, so the second step is the last. */
    @Test
    void search_noLiveHypothesisCanWin_endsEarly() {
        Table table =
                new Table().after("", 0, 0.9, 0.1).after("3", 0.99, 0.01, 0).otherwise(0.3, 0.4, 0.3);

        ScriptedSession session = new ScriptedSession(table);
        search(session, SearchOptions.beam(4, 0), 50);

        assertThat(session.rowsPerStep).containsExactly(1, 2);
    }

    @Test
    void search_limitOfOne_isASingleStep() {
        assertThat(best(GARDEN_PATH, SearchOptions.beam(2, 0), 1).ids()).containsExactly(3);
    }

    @Test
    void search_maximumLengthZero_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> best(GARDEN_PATH, SearchOptions.GREEDY, 0))
                .withMessage("maximumLength must be at least 1, but is 0");
    }

    @Test
    void search_emptySource_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TestSearch.search(
                        new ScriptedSession(GARDEN_PATH), SearchOptions.GREEDY, new int[1][0], new int[] {1}))
                .withMessage("a source must have at least 1 token, but has 0");
    }

    @Test
    void search_notANumber_isRefusedWithItsPlace() {
        assertThatIllegalStateException()
                .isThrownBy(() -> best(constant(-1, Float.NaN), SearchOptions.GREEDY, LIMIT))
                .withMessageContaining("NaN as log probability of id 1 in row 0");
    }

    @Test
    void search_positiveLogProbability_isRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> best(constant(Float.POSITIVE_INFINITY, -1), SearchOptions.GREEDY, LIMIT))
                .withMessageContaining("Infinity as log probability of id 0");
    }

    @Test
    void search_nothingPossible_isRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        best(constant(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY), SearchOptions.GREEDY, LIMIT))
                .withMessageContaining("-Infinity as log probability of id 0 in row 0");
    }

    @Test
    void search_missingAttention_isRefused() {
        DecoderSession session = new ScriptedSession(GARDEN_PATH) {
            @Override
            public Candidates step(
                    int[] lastIds, int candidates, boolean attention, int @Nullable [] @Nullable [] scored) {
                return super.step(lastIds, candidates, false, scored);
            }
        };

        assertThatIllegalStateException()
                .isThrownBy(() -> search(session, new SearchOptions(2, 1, 0, 0.2, false), LIMIT))
                .withMessageContaining("no attention");
    }

    private static Script constant(float... logProbabilities) {
        return (sentence, history) -> logProbabilities;
    }

    private static Hypothesis best(Script script, SearchOptions options, int maximumLength) {
        return search(script, options, maximumLength).get(0);
    }

    private static List<Hypothesis> search(Script script, SearchOptions options, int maximumLength) {
        return search(new ScriptedSession(script), options, maximumLength);
    }

    @CanIgnoreReturnValue
    private static List<Hypothesis> search(DecoderSession session, SearchOptions options, int maximumLength) {
        return TestSearch.search(session, options, TestSearch.sources(0), new int[] {maximumLength})
                .get(0);
    }
}
