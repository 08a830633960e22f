package dev.dragoman.inference.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Laws of the search, on random networks. */
class BeamLawsTest {

    /** More than the hypotheses of 5 ids and 5 tokens that are alive at once: 4^5. */
    private static final int WHOLE_SPACE = 4096;

    @Property(tries = 300)
    void beamOfTheWholeSpace_isExhaustive(
            @ForAll("networks") HashedScript network,
            @ForAll("rankings") SearchOptions ranking,
            @ForAll @IntRange(min = 1, max = 5) int maximumLength) {
        int limit = Math.min(maximumLength, network.vocabularySize() == 6 ? 4 : 5);
        SearchOptions options = withBeam(ranking, WHOLE_SPACE);

        List<Hypothesis> found = search(network, options, limit, 3).get(0);

        assertSameScores(found, new ReferenceSearch(network, options).exhaustive(3, limit));
    }

    @Property(tries = 500)
    void anyBeam_equalsTheReference(
            @ForAll("networks") HashedScript network,
            @ForAll("rankings") SearchOptions options,
            @ForAll @IntRange(min = 1, max = 12) int maximumLength) {
        List<Hypothesis> found = search(network, options, maximumLength, 2).get(0);

        assertSame(found, new ReferenceSearch(network, options).beam(2, maximumLength));
    }

    @Property(tries = 300)
    void beamOfOne_isTheMostProbableTokenAtEachStep(
            @ForAll("networks") HashedScript network,
            @ForAll("rankings") SearchOptions ranking,
            @ForAll @IntRange(min = 1, max = 20) int maximumLength) {
        SearchOptions greedy = withBeam(ranking, 1);

        Hypothesis found = search(network, greedy, maximumLength, 1).get(0).get(0);

        List<Integer> expected = new ReferenceSearch(network, greedy).greedy(1, maximumLength);
        assertThat(found.ids())
                .containsExactly(expected.stream().mapToInt(Integer::intValue).toArray());
        assertThat(found.truncated()).isEqualTo(expected.size() == maximumLength);
    }

    @Property(tries = 300)
    void batch_equalsOneByOne(
            @ForAll("networks") HashedScript network,
            @ForAll("rankings") SearchOptions options,
            @ForAll @Size(min = 1, max = 7) List<@IntRange(max = 20) Integer> sentences) {
        int[] batch = sentences.stream().mapToInt(Integer::intValue).toArray();

        List<List<Hypothesis>> together = search(network, options, 0, batch);

        for (int i = 0; i < batch.length; i++) {
            assertIdentical(
                    together.get(i), search(network, options, 0, batch[i]).get(0));
        }
    }

    @Property(tries = 200)
    void order_ofTheSentences_changesNothing(
            @ForAll("networks") HashedScript network,
            @ForAll("rankings") SearchOptions options,
            @ForAll @Size(min = 2, max = 7) List<@IntRange(max = 20) Integer> sentences,
            @ForAll Random random) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, sentences.size()).boxed().toList());
        Collections.shuffle(order, random);

        List<List<Hypothesis>> inOrder = search(
                network,
                options,
                0,
                sentences.stream().mapToInt(Integer::intValue).toArray());
        List<List<Hypothesis>> shuffled = search(
                network, options, 0, order.stream().mapToInt(sentences::get).toArray());

        for (int i = 0; i < order.size(); i++) {
            assertIdentical(shuffled.get(i), inOrder.get(order.get(i)));
        }
    }

    @Property(tries = 200)
    void alignments_haveOneDistributionPerToken(
            @ForAll("networks") HashedScript network, @ForAll("rankings") SearchOptions ranking) {
        SearchOptions options = new SearchOptions(
                ranking.beamSize(), ranking.nBest(), ranking.lengthPenalty(), ranking.coveragePenalty(), true);

        for (Hypothesis hypothesis : search(network, options, 9, 3).get(0)) {
            float[][] attention = Objects.requireNonNull(hypothesis.attention());
            assertThat(attention).hasDimensions(hypothesis.tokens(), network.sourceLength(3));
            List<Integer> ids = Arrays.stream(hypothesis.ids()).boxed().toList();
            for (int position = 0; position < attention.length; position++) {
                assertThat(attention[position]).isEqualTo(network.attention(3, ids.subList(0, position)));
            }
        }
    }

    @Provide
    Arbitrary<HashedScript> networks() {
        return Combinators.combine(
                        Arbitraries.longs(),
                        Arbitraries.integers().between(4, 6),
                        Arbitraries.doubles().between(0.1, 30),
                        Arbitraries.of(0, 0, 2, 4))
                .as(HashedScript::new);
    }

    @Provide
    Arbitrary<SearchOptions> rankings() {
        Arbitrary<Double> lengthPenalty = Arbitraries.of(0.0, 0.2, 0.6, 1.0, 2.0);
        Arbitrary<Double> coveragePenalty = Arbitraries.of(0.0, 0.2, 1.0);
        return Arbitraries.integers()
                .between(1, 9)
                .flatMap(beamSize -> Combinators.combine(
                                Arbitraries.integers().between(1, beamSize), lengthPenalty, coveragePenalty)
                        .as((nBest, alpha, beta) -> new SearchOptions(beamSize, nBest, alpha, beta, false)));
    }

    private static SearchOptions withBeam(SearchOptions options, int beamSize) {
        return new SearchOptions(
                beamSize,
                Math.min(options.nBest(), beamSize),
                options.lengthPenalty(),
                options.coveragePenalty(),
                false);
    }

    /** With {@code maximumLength} 0 every sentence has a limit of its own, from 1 to 12. */
    private static List<List<Hypothesis>> search(
            HashedScript network, SearchOptions options, int maximumLength, int... sentences) {
        int[] limits = Arrays.stream(sentences)
                .map(sentence -> maximumLength > 0 ? maximumLength : 1 + sentence % 12)
                .toArray();
        return TestSearch.search(new ScriptedSession(network), options, TestSearch.sources(sentences), limits);
    }

    private static void assertIdentical(List<Hypothesis> actual, List<Hypothesis> expected) {
        assertThat(actual).usingRecursiveFieldByFieldElementComparator().isEqualTo(expected);
    }

    private static void assertSame(List<Hypothesis> actual, List<Hypothesis> expected) {
        assertThat(actual)
                .extracting(Hypothesis::ids)
                .containsExactly(expected.stream().map(Hypothesis::ids).toArray(int[][]::new));
        assertSameScores(actual, expected);
    }

    private static void assertSameScores(List<Hypothesis> actual, List<Hypothesis> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).score()).isCloseTo(expected.get(i).score(), within(1e-9));
            assertThat(actual.get(i).logProbability()).isLessThanOrEqualTo(0);
            assertThat(actual.get(i).truncated()).isEqualTo(expected.get(i).truncated());
        }
    }
}
