package dev.dragoman.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchSamplerTest {
    private static final SpecialIds SPECIAL = new SpecialIds(0, 1, 2);
    private static final int PAIRS = 30_000;

    @TempDir
    static Path directory;

    private static EncodedCorpus corpus;

    @BeforeAll
    static void encode() throws IOException {
        Path file = ToyCorpus.write(directory.resolve("toy.tsv"), PAIRS, 11);
        corpus = read(CorpusPart.of(file, OptionalInt.of(5)));
    }

    @Test
    void plan_isAPermutationOfThePairs() {
        EpochPlan plan = sampler(1).plan(0);
        assertThat(sorted(plan)).containsExactly(IntStream.range(0, PAIRS).toArray());
    }

    @Test
    void plan_sameSeedSameOrder() {
        assertThat(order(sampler(1).plan(3))).containsExactly(order(sampler(1).plan(3)));
    }

    @Test
    void plan_seedAndEpochChangeTheOrder() {
        assertThat(order(sampler(1).plan(3))).isNotEqualTo(order(sampler(2).plan(3)));
        assertThat(order(sampler(1).plan(3))).isNotEqualTo(order(sampler(1).plan(4)));
    }

    @Test
    void plan_lengthsAreMixedOverTheEpoch() {
        EpochPlan plan = sampler(1).plan(0);
        double first = meanTargetLength(plan, 0, plan.batches() / 2);
        double second = meanTargetLength(plan, plan.batches() / 2, plan.batches());
        assertThat(first / second).isBetween(0.85, 1.18);
    }

    @Test
    void plan_respectsBudgetAndRows() {
        EpochPlan plan = new BatchSampler(corpus, SPECIAL, new SamplerOptions(1, 1000, 40, 10_000)).plan(0);
        for (int i = 0; i < plan.batches(); i++) {
            Batch batch = plan.batch(i);
            assertThat(batch.rows() * Math.max(batch.sourceWidth(), batch.targetWidth()))
                    .isLessThanOrEqualTo(1000);
            assertThat(batch.rows()).isBetween(1, 40);
        }
    }

    @Test
    void plan_wastesLittleOnPadding() {
        // The 30,000 pairs are fewer than a window of a real run, so this is worse than real: 4 % there.
        assertThat(sampler(1).plan(0).paddingWaste()).isLessThan(0.11);
        SamplerOptions smaller = SamplerOptions.of(1, 1024);
        assertThat(new BatchSampler(corpus, SPECIAL, smaller).plan(0).paddingWaste())
                .isLessThan(0.05);
    }

    @Test
    void paddingWaste_agreesWithTheBatches() {
        EpochPlan plan = sampler(1).plan(0);
        long padded = 0;
        long real = 0;
        for (int i = 0; i < plan.batches(); i++) {
            Batch batch = plan.batch(i);
            padded += batch.source().length + batch.targetInput().length;
            real += batch.sourceTokens() + batch.targetTokens();
        }
        assertThat(plan.paddingWaste()).isEqualTo(1 - (double) real / padded);
    }

    @Test
    void plan_weightsRepeatAndDraw() throws IOException {
        Path file = Files.writeString(directory.resolve("five.tsv"), "10\t20\n11\t21\n12\t22\n13\t23\n14\t24\n");
        EncodedCorpus weighted = read(
                new CorpusPart(file, OptionalInt.empty(), Set.of(), 2.4),
                new CorpusPart(file, OptionalInt.empty(), Set.of(), 0.6));
        BatchSampler sampler = new BatchSampler(weighted, SPECIAL, SamplerOptions.of(1, 64));
        Set<Integer> everDrawn = new TreeSet<>();
        for (int epoch = 0; epoch < 20; epoch++) {
            int[] order = sorted(sampler.plan(epoch));
            assertThat(order).hasSize(15);
            for (int pair = 0; pair < 5; pair++) {
                int wanted = pair;
                assertThat(Arrays.stream(order).filter(p -> p == wanted).count())
                        .isBetween(2L, 3L);
            }
            int[] drawn = Arrays.stream(order).filter(p -> p >= 5).toArray();
            assertThat(drawn).hasSize(3).doesNotHaveDuplicates();
            Arrays.stream(drawn).forEach(everDrawn::add);
        }
        assertThat(everDrawn).containsExactly(5, 6, 7, 8, 9);
    }

    @Test
    void stream_resumedEqualsUninterrupted() throws InterruptedException {
        BatchSampler sampler = new BatchSampler(corpus, SPECIAL, SamplerOptions.of(9, 20_000));
        int epoch = sampler.plan(0).batches();
        List<BatchStream.Positioned> all = take(sampler, BatchPosition.START, 2 * epoch + 3);
        assertThat(all.get(epoch).position()).isEqualTo(new BatchPosition(1, 0));
        assertThat(all.get(epoch - 1).next()).isEqualTo(new BatchPosition(1, 0));
        for (int stop : new int[] {1, epoch - 1, epoch, epoch + 5}) {
            BatchPosition saved = all.get(stop - 1).next();
            List<BatchStream.Positioned> rest =
                    take(new BatchSampler(corpus, SPECIAL, SamplerOptions.of(9, 20_000)), saved, all.size() - stop);
            assertSame(rest, all.subList(stop, all.size()));
        }
    }

    @Test
    void stream_positionBehindTheEpoch() {
        assertThatThrownBy(() -> sampler(1).stream(new BatchPosition(0, 1_000_000), 2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1000000");
    }

    @Test
    void constructor_sentenceBeyondTheBudget() {
        assertThatThrownBy(() -> new BatchSampler(corpus, SPECIAL, SamplerOptions.of(1, 50)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("50")
                .hasMessageContaining("122");
    }

    @Test
    void constructor_emptyCorpus() throws IOException {
        Path file = Files.writeString(directory.resolve("empty.tsv"), "");
        EncodedCorpus empty = read(CorpusPart.of(file, OptionalInt.empty()));
        assertThatThrownBy(() -> new BatchSampler(empty, SPECIAL, SamplerOptions.of(1, 50)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The order of a run must survive a change of JDK or of this code: checkpoints hold a position in it and nothing else. */
    @Test
    void plan_orderIsPinned() throws IOException {
        Path file = Files.writeString(
                directory.resolve("eight.tsv"), "10\t20\n11\t21\n12\t22\n13\t23\n14\t24\n15\t25\n16\t26\n17\t27\n");
        EncodedCorpus eight = read(CorpusPart.of(file, OptionalInt.empty()));
        assertThat(order(new BatchSampler(eight, SPECIAL, SamplerOptions.of(42, 4)).plan(7)))
                .containsExactly(7, 3, 5, 4, 1, 0, 6, 2);
    }

    private static BatchSampler sampler(long seed) {
        return new BatchSampler(corpus, SPECIAL, SamplerOptions.of(seed, 4096));
    }

    private static EncodedCorpus read(CorpusPart... parts) throws IOException {
        return EncodedCorpus.read(List.of(parts), new NumberTokenizer(), PairFilter.NONE, 2);
    }

    private static int[] order(EpochPlan plan) {
        return IntStream.range(0, plan.batches())
                .flatMap(i -> Arrays.stream(plan.pairs(i)))
                .toArray();
    }

    private static int[] sorted(EpochPlan plan) {
        return Arrays.stream(order(plan)).sorted().toArray();
    }

    private static double meanTargetLength(EpochPlan plan, int from, int to) {
        return IntStream.range(from, to)
                .flatMap(i -> Arrays.stream(plan.pairs(i)))
                .map(corpus::targetLength)
                .average()
                .orElseThrow();
    }

    private static void assertSame(List<BatchStream.Positioned> actual, List<BatchStream.Positioned> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).position()).isEqualTo(expected.get(i).position());
            assertThat(actual.get(i).next()).isEqualTo(expected.get(i).next());
            Batch batch = actual.get(i).batch();
            Batch other = expected.get(i).batch();
            assertThat(Arrays.equals(batch.pairs(), other.pairs())).isTrue();
            assertThat(Arrays.equals(batch.source(), other.source())).isTrue();
            assertThat(Arrays.equals(batch.targetInput(), other.targetInput())).isTrue();
            assertThat(Arrays.equals(batch.targetOutput(), other.targetOutput()))
                    .isTrue();
        }
    }

    private static List<BatchStream.Positioned> take(BatchSampler sampler, BatchPosition from, int count)
            throws InterruptedException {
        List<BatchStream.Positioned> batches = new ArrayList<>();
        try (BatchStream stream = sampler.stream(from, 2)) {
            for (int i = 0; i < count; i++) {
                batches.add(stream.next());
            }
        }
        return batches;
    }
}
