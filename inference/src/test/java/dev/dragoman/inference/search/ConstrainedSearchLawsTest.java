package dev.dragoman.inference.search;

import static dev.dragoman.inference.search.ScriptedSession.BOS;
import static dev.dragoman.inference.search.ScriptedSession.EOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dragoman.inference.search.TestSearch.Sentence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;

/** Laws of the search under constraints, on random networks over five ids. */
class ConstrainedSearchLawsTest {
    private static final int VOCABULARY = 5;
    private static final int SENTENCE = 3;

    /** More than the hypotheses of 5 ids and 5 tokens that are alive at once: 4^5. */
    private static final int WHOLE_SPACE = 1100;

    /** What a target has to be; a constraint that remembers states is made for each search. */
    record Rules(List<Integer> prefix, List<List<Integer>> banned, List<List<Integer>> required) {
        NaiveConstraint constraint() {
            return new NaiveConstraint(prefix, banned, required, VOCABULARY);
        }
    }

    @Property(tries = 300)
    void beamOfTheWholeSpace_findsTheBestTargetThatMayBe(
            @ForAll("networks") HashedScript network,
            @ForAll("rankings") SearchOptions ranking,
            @ForAll("rules") Rules rules,
            @ForAll @IntRange(min = 3, max = 5) int maximumLength) {
        SearchOptions options =
                new SearchOptions(WHOLE_SPACE, 1, ranking.lengthPenalty(), ranking.coveragePenalty(), false);

        Hypothesis found =
                search(network, options, maximumLength, rules.constraint()).get(0);

        SearchOptions all = new SearchOptions(4096, 4096, ranking.lengthPenalty(), ranking.coveragePenalty(), false);
        List<Hypothesis> possible = new ReferenceSearch(network, all)
                .exhaustive(SENTENCE, maximumLength).stream()
                        .filter(hypothesis -> !hypothesis.truncated())
                        .filter(hypothesis -> rules.constraint().allows(ids(hypothesis)))
                        .toList();
        if (possible.isEmpty()) {
            assertThat(found.truncated()).isTrue();
        } else {
            assertThat(found.score()).isCloseTo(possible.get(0).score(), within(1e-9));
            assertThat(rules.constraint().allows(ids(found))).isTrue();
        }
    }

    @Property(tries = 1000)
    void whatEnds_isAsItHasToBe(
            @ForAll("networks") HashedScript network,
            @ForAll("rankings") SearchOptions options,
            @ForAll("rules") Rules rules,
            @ForAll @IntRange(min = 3, max = 20) int maximumLength) {
        List<Hypothesis> found = search(network, options, maximumLength, rules.constraint());

        assertThat(found).isNotEmpty().hasSizeLessThanOrEqualTo(options.nBest());
        Rules withoutRequired = new Rules(rules.prefix(), rules.banned(), List.of());
        for (Hypothesis hypothesis : found) {
            List<Integer> ids = ids(hypothesis);
            assertThat(withoutRequired.constraint().allows(ids)).isTrue();
            assertThat(rules.constraint().allows(ids)).isEqualTo(hypothesis.unmet() == 0);
            assertThat(hypothesis.truncated() || hypothesis.unmet() == 0).isTrue();
            assertThat(hypothesis.logProbability())
                    .isCloseTo(logProbability(network, ids, hypothesis.truncated()), within(1e-6));
        }
    }

    /** Given room, all that is required is met, by one place in the beam too. */
    @Property(tries = 500)
    void whatIsRequired_isMetWhereThereIsRoom(
            @ForAll("networks") HashedScript network,
            @ForAll("rankings") SearchOptions options,
            @ForAll("rules") Rules rules) {
        Rules withoutBans = new Rules(rules.prefix(), List.of(), rules.required());
        int room = rules.prefix().size() + withoutBans.constraint().required() + 1;

        List<Hypothesis> found = search(network, options, room, withoutBans.constraint());

        assertThat(found.get(0).unmet()).isZero();
    }

    /** A constraint that allows everything changes nothing, whichever code it goes through. */
    @Property(tries = 500)
    void constraintOfNothing_changesNothing(
            @ForAll("networks") HashedScript network,
            @ForAll("rankings") SearchOptions options,
            @ForAll @IntRange(min = 1, max = 12) int maximumLength) {
        Rules nothing = new Rules(List.of(), List.of(), List.of());

        assertThat(search(network, options, maximumLength, nothing.constraint()))
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(search(network, options, maximumLength, null));
    }

    /** W + 1 continuations and as many as are refused are enough: with bans, the search is that of a network without those targets. */
    @Property(tries = 500)
    void bans_areASearchWithoutWhatIsBanned(
            @ForAll("networks") HashedScript network,
            @ForAll("rankings") SearchOptions options,
            @ForAll("rules") Rules rules,
            @ForAll @IntRange(min = 1, max = 12) int maximumLength) {
        Rules bans = new Rules(List.of(), rules.banned(), List.of());
        NaiveConstraint constraint = bans.constraint();
        ScriptedSession.Script without = new ScriptedSession.Script() {
            @Override
            public float[] logProbabilities(int sentence, List<Integer> history) {
                float[] row = network.logProbabilities(sentence, history);
                for (int id = 0; id < row.length; id++) {
                    List<Integer> longer = new ArrayList<>(history);
                    longer.add(id);
                    if (id != EOS && !constraint.allows(longer)) {
                        row[id] = Float.NEGATIVE_INFINITY;
                    }
                }
                return row;
            }

            @Override
            public float[] attention(int sentence, List<Integer> history) {
                return network.attention(sentence, history);
            }

            @Override
            public int sourceLength(int sentence) {
                return network.sourceLength(sentence);
            }
        };

        assertThat(search(network, options, maximumLength, bans.constraint()))
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(TestSearch.search(
                                new ScriptedSession(without), options, TestSearch.sources(SENTENCE), new int[] {
                                    maximumLength
                                })
                        .get(0));
    }

    @Property(tries = 300)
    void company_changesNothing(
            @ForAll("networks") HashedScript network,
            @ForAll("rules") Rules rules,
            @ForAll long seed,
            @ForAll @IntRange(min = 2, max = 8) int sentences) {
        Random random = new Random(seed);
        List<Sentence> together = new ArrayList<>();
        try (ContinuousSearch search = new ContinuousSearch(new ScriptedSession(network), BOS, EOS)) {
            for (int i = 0; i < sentences; i++) {
                int beamSize = 1 + random.nextInt(5);
                Sentence sentence = new Sentence(
                        4 + random.nextInt(9),
                        new SearchOptions(beamSize, 1, 0.6, 0.2, random.nextBoolean()),
                        random.nextInt(9));
                sentence.constraint = random.nextBoolean() ? rules.constraint() : null;
                search.admit(sentence);
                together.add(sentence);
                if (random.nextBoolean()) {
                    search.step();
                }
            }
            TestSearch.run(search);
        }

        for (Sentence sentence : together) {
            Sentence alone = new Sentence(
                    sentence.wanted().maximumLength(),
                    sentence.wanted().options(),
                    sentence.wanted().source());
            alone.constraint = sentence.constraint == null ? null : rules.constraint();
            assertThat(sentence.best())
                    .usingRecursiveFieldByFieldElementComparator()
                    .isEqualTo(run(network, alone));
        }
    }

    private static List<Hypothesis> search(
            HashedScript network, SearchOptions options, int maximumLength, @Nullable TargetConstraint constraint) {
        Sentence sentence = new Sentence(maximumLength, options, SENTENCE);
        sentence.constraint = constraint;
        return run(network, sentence);
    }

    private static List<Hypothesis> run(HashedScript network, Sentence sentence) {
        try (ContinuousSearch search = new ContinuousSearch(new ScriptedSession(network), BOS, EOS)) {
            search.admit(sentence);
            TestSearch.run(search);
        }
        return sentence.best();
    }

    private static double logProbability(HashedScript network, List<Integer> ids, boolean truncated) {
        double sum = truncated ? 0 : network.logProbabilities(SENTENCE, ids)[EOS];
        for (int i = 0; i < ids.size(); i++) {
            sum += network.logProbabilities(SENTENCE, ids.subList(0, i))[ids.get(i)];
        }
        return sum;
    }

    private static List<Integer> ids(Hypothesis hypothesis) {
        return Arrays.stream(hypothesis.ids()).boxed().toList();
    }

    @Provide
    Arbitrary<HashedScript> networks() {
        return Combinators.combine(
                        Arbitraries.longs(), Arbitraries.doubles().between(0.1, 20), Arbitraries.of(0, 0, 2, 4))
                .as((seed, sharpness, levels) -> new HashedScript(seed, VOCABULARY, sharpness, levels));
    }

    @Provide
    Arbitrary<SearchOptions> rankings() {
        return Arbitraries.integers()
                .between(1, 6)
                .flatMap(beamSize -> Combinators.combine(
                                Arbitraries.integers().between(1, beamSize),
                                Arbitraries.of(0.0, 0.6, 1.0),
                                Arbitraries.of(0.0, 0.2))
                        .as((nBest, alpha, beta) -> new SearchOptions(beamSize, nBest, alpha, beta, false)));
    }

    /** No phrase that has to be is refused: what is required and the prefix have nothing of what is banned. */
    @Provide
    Arbitrary<Rules> rules() {
        Arbitrary<Integer> word = Arbitraries.of(0, 1, 3, 4);
        Arbitrary<List<Integer>> phrase = word.list().ofMinSize(1).ofMaxSize(3);
        return Combinators.combine(
                        word.list().ofMaxSize(2),
                        phrase.list().ofMaxSize(3),
                        phrase.list().ofMaxSize(3))
                .as((prefix, banned, required) -> {
                    List<List<Integer>> compatible = banned.stream()
                            .filter(ban ->
                                    new NaiveConstraint(List.of(), List.of(ban), List.of(), VOCABULARY).allows(prefix))
                            .filter(ban -> required.stream()
                                    .allMatch(wanted -> new NaiveConstraint(
                                                    List.of(), List.of(ban), List.of(), VOCABULARY)
                                            .allows(wanted)))
                            .toList();
                    return new Rules(prefix, compatible, required);
                });
    }
}
