package dev.dragoman.inference.search;

import static dev.dragoman.inference.search.ScriptedSession.BOS;
import static dev.dragoman.inference.search.ScriptedSession.EOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dragoman.inference.search.ScriptedSession.Script;
import dev.dragoman.inference.search.TestSearch.Sentence;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ContinuousSearchTest {
    /** Sentence n, whose first id is n, ends after n words. */
    private static final Script LENGTHS = (sentence, history) -> history.size() < sentence
            ? new float[] {-99, -99, -99, 0, -50, -60}
            : new float[] {-99, -99, 0, -99, -99, -99};

    private final ScriptedSession session = new ScriptedSession(LENGTHS);
    private final ContinuousSearch search = new ContinuousSearch(session, BOS, EOS);

    /** Sentences that enter and leave at random steps, each with options of its own, are searched as each alone. */
    @Property(tries = 200)
    void anyCompany_changesNothing(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 25) int sentences, @ForAll Random random) {
        HashedScript network = new HashedScript(seed, 6, 5, 0);
        List<Sentence> done = new ArrayList<>();
        try (ContinuousSearch together = new ContinuousSearch(new ScriptedSession(network), BOS, EOS)) {
            boolean going = true;
            while (going || done.size() < sentences) {
                while (done.size() < sentences && random.nextInt(3) > 0) {
                    Sentence sentence = anySentence(random);
                    together.admit(sentence);
                    done.add(sentence);
                }
                if (random.nextInt(5) == 0 && !done.isEmpty()) {
                    done.get(random.nextInt(done.size())).cancelled = true;
                }
                going = together.step();
            }
        }
        for (Sentence sentence : done) {
            if (sentence.found != null) {
                assertThat(sentence.best())
                        .usingRecursiveFieldByFieldElementComparator()
                        .isEqualTo(TestSearch.search(
                                        new ScriptedSession(network),
                                        sentence.wanted().options(),
                                        new int[][] {sentence.wanted().source()},
                                        new int[] {sentence.wanted().maximumLength()})
                                .get(0));
            } else {
                assertThat(sentence.cancelled).isTrue();
            }
        }
    }

    private static Sentence anySentence(Random random) {
        int beamSize = 1 + random.nextInt(5);
        SearchOptions options = new SearchOptions(
                beamSize,
                1 + random.nextInt(beamSize),
                random.nextInt(3) * 0.5,
                random.nextInt(2) * 0.2,
                random.nextBoolean());
        return new Sentence(1 + random.nextInt(12), options, random.nextInt(50));
    }

    @Test
    void step_withoutSentences() {
        assertThat(search.step()).isFalse();
        assertThat(session.rowsPerStep).isEmpty();
    }

    @Test
    void step_theLastEnds_freesTheRowsAtOnce() {
        Sentence only = admit(0, 4);
        assertThat(search.step()).isTrue();
        assertThat(only.best().get(0).ids()).isEmpty();
        assertThat(session.rows()).isZero();
        assertThat(search.sentences()).isZero();
        assertThat(search.step()).isFalse();
    }

    @Test
    void step_withAShortlist_findsWhatIsOnIt_besideOneThatMayHaveAll() {
        Sentence listed = new Sentence(9, SearchOptions.GREEDY, 3);
        listed.shortlist = new int[] {EOS, 4};
        search.admit(listed);
        Sentence free = admit(2, 2);
        TestSearch.run(search);
        assertThat(listed.best().get(0).ids()).containsExactly(4, 4, 4);
        assertThat(free.best().get(0).ids()).containsExactly(3, 3);
    }

    @Test
    void step_cancelledInTheMiddle_givesItsRowsBack() {
        Sentence long1 = admit(50, 4);
        Sentence short1 = admit(6, 4);
        search.step();
        search.step();
        assertThat(search.stepRows()).isEqualTo(8);
        long1.cancelled = true;
        search.step();
        assertThat(search.stepRows()).isEqualTo(4);
        TestSearch.run(search);
        assertThat(long1.found).isNull();
        assertThat(short1.best().get(0).ids()).hasSize(6);
    }

    @Test
    void step_cancelledBeforeItsFirst_isNeverAdmitted() {
        admit(3, 1).cancelled = true;
        assertThat(search.step()).isFalse();
        assertThat(session.admissions).isEmpty();
    }

    @Test
    void step_brokenNumbersOfOneSentence_leaveTheOthersAlone() {
        ContinuousSearch both = new ContinuousSearch(
                new ScriptedSession((sentence, history) -> sentence == 7 && history.size() == 2
                        ? new float[] {-99, -99, -9, 5, -50, -60}
                        : LENGTHS.logProbabilities(sentence, history)),
                BOS,
                EOS);
        Sentence broken = new Sentence(20, SearchOptions.beam(2, 0), 7);
        Sentence sound = new Sentence(20, SearchOptions.beam(2, 0), 5);
        both.admit(broken);
        both.admit(sound);
        TestSearch.run(both);
        assertThat(sound.best().get(0).ids()).hasSize(5);
        assertThatExceptionOfType(InvalidCandidatesException.class).isThrownBy(broken::best);
    }

    @Test
    void hasRoom_countsTheRowsOfFullBeams() {
        assertThat(hasRoom(9, 1)).isTrue();
        admit(5, 4);
        assertThat(hasRoom(4, 1)).isTrue();
        assertThat(hasRoom(5, 1)).isFalse();
        search.step();
        assertThat(hasRoom(4, 1)).isTrue();
        assertThat(hasRoom(5, 1)).isFalse();
    }

    @Test
    void hasRoom_countsSentencesAndPadding() {
        assertThat(hasRoom(1, 13)).isTrue();
        search.admit(new Sentence(9, SearchOptions.GREEDY, 5, 5, 5, 5));
        assertThat(hasRoom(1, 6)).isTrue();
        assertThat(hasRoom(1, 7)).isFalse();
        search.admit(new Sentence(9, SearchOptions.GREEDY, 5));
        assertThat(hasRoom(1, 4)).isTrue();
        assertThat(hasRoom(1, 5)).isFalse();
        search.admit(new Sentence(9, SearchOptions.GREEDY, 5));
        assertThat(hasRoom(1, 1)).isFalse();
    }

    private boolean hasRoom(int beamSize, int sourceLength) {
        return search.hasRoom(
                new Sentence(9, SearchOptions.beam(beamSize, 0), new int[sourceLength]), new SearchLimits(8, 3, 12));
    }

    @Test
    void limits_ofNothing_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SearchLimits(1, 0, 1))
                .withMessage("sentences must be at least 1, but is 0");
    }

    private Sentence admit(int words, int beamSize) {
        Sentence sentence = new Sentence(100, SearchOptions.beam(beamSize, 0), words);
        search.admit(sentence);
        return sentence;
    }
}
