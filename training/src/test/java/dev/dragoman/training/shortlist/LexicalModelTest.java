package dev.dragoman.training.shortlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.dragoman.training.data.EncodedCorpus;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LexicalModelTest {
    private static final int DAS = 0;
    private static final int HAUS = 1;
    private static final int BUCH = 2;
    private static final int EIN = 3;
    private static final int THE = 4;
    private static final int HOUSE = 5;
    private static final int BOOK = 6;
    private static final int A = 7;

    /** The example of Koehn, "Statistical Machine Translation", figure 4.4, whose second round is also worked out there. */
    @Test
    void modelOne_workedByHand() {
        Bitext text = text(
                new int[][] {{DAS, HAUS}, {DAS, BUCH}, {EIN, BUCH}},
                new int[][] {{THE, HOUSE}, {THE, BOOK}, {A, BOOK}});

        LexicalModel first = LexicalModel.train(text, 8, new LexicalOptions(1, 0, 0, 0), 1, round -> {});
        assertThat(first.probability(DAS, THE)).isEqualTo(0.5, within(1e-7));
        assertThat(first.probability(DAS, HOUSE)).isEqualTo(0.25, within(1e-7));
        assertThat(first.probability(BUCH, BOOK)).isEqualTo(0.5, within(1e-7));
        assertThat(first.probability(EIN, THE)).isZero();

        LexicalModel second = LexicalModel.train(text, 8, new LexicalOptions(2, 0, 0, 0), 1, round -> {});
        assertThat(second.probability(DAS, THE)).isEqualTo(7.0 / 11, within(1e-7));
        assertThat(second.probability(DAS, HOUSE)).isEqualTo(2.0 / 11, within(1e-7));
        assertThat(second.probability(DAS, BOOK)).isEqualTo(2.0 / 11, within(1e-7));
        assertThat(second.probability(BUCH, BOOK)).isEqualTo(7.0 / 11, within(1e-7));
        assertThat(second.probability(HAUS, HOUSE)).isEqualTo(4.0 / 7, within(1e-7));
        assertThat(second.probability(EIN, A)).isEqualTo(4.0 / 7, within(1e-7));
        assertThat(second.count(DAS)).isEqualTo(11.0 / 6, within(1e-6));
    }

    @Property(tries = 100)
    void counts_equalThoseOfTheFormulas(
            @ForAll @IntRange(min = 1, max = 4) int iterations,
            @ForAll @DoubleRange(min = 0, max = 0.5) double nullProbability,
            @ForAll @DoubleRange(min = 0, max = 9) double tension,
            @ForAll @IntRange(max = 2) int concentration,
            @ForAll long seed) {
        LexicalOptions options =
                new LexicalOptions(iterations, nullProbability, tension, new double[] {0, 0.01, 0.7}[concentration]);
        Random random = new Random(seed);
        int vocabularySize = 3 + random.nextInt(10);
        List<int[]> sources = sentences(1 + random.nextInt(12), vocabularySize, random);
        List<int[]> targets = sentences(sources.size(), vocabularySize, random);
        double[][] expected = new NaiveLexicalModel(sources, targets, vocabularySize, options).counts();

        LexicalModel model =
                LexicalModel.train(text(sources, targets), vocabularySize, options, 1 + random.nextInt(3), r -> {});

        for (int source = 0; source < vocabularySize; source++) {
            double total = 0;
            for (int target = 0; target < vocabularySize; target++) {
                total += expected[source][target];
                double count = model.count(source) * model.probability(source, target);
                assertThat(model.count(source) == 0 ? 0 : count)
                        .isEqualTo(expected[source][target], within(1e-4 * (1 + expected[source][target])));
            }
            assertThat(model.count(source)).isEqualTo(total, within(1e-4 * (1 + total)));
        }
    }

    @Property(tries = 100)
    void likelihood_neverFalls(
            @ForAll @DoubleRange(min = 0, max = 0.5) double nullProbability,
            @ForAll @DoubleRange(min = 0, max = 9) double tension,
            @ForAll long seed) {
        Random random = new Random(seed);
        List<int[]> sources = sentences(20, 8, random);
        List<LexicalModel.Round> rounds = new ArrayList<>();
        LexicalModel.train(
                text(sources, sentences(20, 8, random)),
                8,
                new LexicalOptions(8, nullProbability, tension, 0),
                1,
                rounds::add);

        assertThat(rounds).extracting(LexicalModel.Round::number).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
        for (int i = 1; i < rounds.size(); i++) {
            assertThat(rounds.get(i).perplexity())
                    .isLessThanOrEqualTo(rounds.get(i - 1).perplexity() * (1 + 1e-6));
        }
    }

    @Test
    void train_anyNumberOfThreads_givesTheSameBits() {
        Random random = new Random(11);
        List<int[]> sources = sentences(500, 60, random);
        Bitext text = text(sources, sentences(500, 60, random));
        LexicalOptions options = new LexicalOptions(4, 0.08, 4, 0.01);
        LexicalModel one = LexicalModel.train(text, 60, options, 1, round -> {});
        for (int threads : new int[] {2, 5}) {
            LexicalModel many = LexicalModel.train(text, 60, options, threads, round -> {});
            for (int source = 0; source < 60; source++) {
                assertThat(many.count(source)).isEqualTo(one.count(source));
                for (int target = 0; target < 60; target++) {
                    assertThat(many.probability(source, target)).isEqualTo(one.probability(source, target));
                }
            }
        }
    }

    /** Words of a toy language, each with one translation, in another order, with words here and there that stand for nothing. */
    @Test
    void translations_ofAToyLanguage_areFound() {
        Random random = new Random(4);
        int words = 30;
        int noise = 2 * words;
        List<int[]> sources = new ArrayList<>();
        List<int[]> targets = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            int[] source =
                    random.ints(3 + random.nextInt(6), 0, words).distinct().toArray();
            int[] target = new int[source.length + 1];
            for (int k = 0; k < source.length; k++) {
                target[k] = words + source[k];
            }
            target[source.length] = noise;
            int swapped = random.nextInt(source.length);
            int first = target[0];
            target[0] = target[swapped];
            target[swapped] = first;
            sources.add(source);
            targets.add(target);
        }
        for (double tension : new double[] {0, 2}) {
            LexicalModel model = LexicalModel.train(
                    text(sources, targets), noise + 1, new LexicalOptions(6, 0.1, tension, 0.01), 2, round -> {});
            for (int word = 0; word < words; word++) {
                assertThat(model.probability(word, words + word))
                        .as("word %d", word)
                        .isGreaterThan(0.8);
            }
        }
    }

    @Test
    void bitext_takesPairsAtEvenDistancesAndNoEmptySides() {
        List<int[]> sources = List.of(new int[] {1}, new int[0], new int[] {2, 3}, new int[] {4}, new int[] {5});
        List<int[]> targets = List.of(new int[] {6}, new int[] {7}, new int[] {8}, new int[0], new int[] {9, 9});
        EncodedCorpus corpus = EncodedCorpus.ofPairs(OptionalInt.empty(), sources, targets);

        Bitext all = Bitext.of(corpus, 100);
        assertThat(all.pairs()).isEqualTo(3);
        assertThat(all.targetTokens()).isEqualTo(4);
        assertThat(all.targetCounts(10)).containsExactly(0, 0, 0, 0, 0, 0, 1, 0, 1, 2);
        Bitext some = Bitext.of(corpus, 2);
        assertThat(some.pairs()).isEqualTo(2);
        assertThat(some.source(some.sourceStart(1))).isEqualTo(2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bitext.of(corpus, 0))
                .withMessage("maximumPairs must be at least 1, but is 0");
    }

    @Test
    void options_outOfRange_areNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LexicalOptions(0, 0, 0, 0))
                .withMessage("iterations must be from 1 to 100, but is 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LexicalOptions(1, 1, 0, 0))
                .withMessage("nullProbability must be from 0 to below 1, but is 1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LexicalOptions(1, 0, -1, 0))
                .withMessage("tension must be from 0 to 100, but is -1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LexicalOptions(1, 0, 0, Double.NaN))
                .withMessage("concentration must be 0 or from 0.01 to 100, but is NaN");
    }

    private static Bitext text(int[][] sources, int[][] targets) {
        return text(List.of(sources), List.of(targets));
    }

    private static Bitext text(List<int[]> sources, List<int[]> targets) {
        return Bitext.of(EncodedCorpus.ofPairs(OptionalInt.empty(), sources, targets), Integer.MAX_VALUE);
    }

    private static List<int[]> sentences(int count, int vocabularySize, Random random) {
        List<int[]> sentences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sentences.add(random.ints(1 + random.nextInt(7), 0, vocabularySize).toArray());
        }
        return sentences;
    }
}
