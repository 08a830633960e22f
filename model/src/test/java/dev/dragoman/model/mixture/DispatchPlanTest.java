package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.model.mixture.DispatchPlan.Sizes;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Laws of the way from rows to experts and back. */
class DispatchPlanTest {

    /** Some assignments: {@code rows} of them may be the same for several experts, and some rows may have none. */
    private record Assignments(
            int[] rows, int[] experts, int rowCount, int expertCount, Sizes sizes, long expertWeights) {
        int mostIdle() {
            return (int) (131_072 / expertWeights);
        }

        DispatchPlan plan() {
            return DispatchPlan.of(rows, experts, rowCount, expertCount, sizes, expertWeights);
        }
    }

    @Property(tries = 300)
    void everyAssignment_hasASlotOfItsOwn_thatNamesItsRowAndItself(@ForAll("assignments") Assignments assigned) {
        DispatchPlan plan = assigned.plan();
        long[] slots = plan.slotOfAssignment();
        assertThat(slots).hasSize(assigned.rows.length).doesNotHaveDuplicates();
        for (int a = 0; a < slots.length; a++) {
            assertThat(plan.sources()[(int) slots[a]]).isEqualTo(assigned.rows[a]);
            assertThat(plan.assignmentOfSlot()[(int) slots[a]]).isEqualTo(a);
        }
        long used = Arrays.stream(plan.assignmentOfSlot())
                .filter(a -> a < assigned.rows.length)
                .count();
        assertThat(used).isEqualTo(assigned.rows.length);
        assertThat(plan.assignmentOfSlot()).hasSize(plan.slots()).hasSameSizeAs(plan.sources());
    }

    @Property(tries = 300)
    void everyAssignment_liesInTheProductOfItsExpert(@ForAll("assignments") Assignments assigned) {
        DispatchPlan plan = assigned.plan();
        int[] expertOfSlot = new int[plan.slots()];
        long[] products = plan.products(new boolean[assigned.expertCount]);
        int at = 0;
        for (int i = 0; i < products.length; i += 4) {
            for (int e = 0; e < products[i + 1]; e++) {
                Arrays.fill(expertOfSlot, at, at + (int) products[i + 2], (int) products[i] + e);
                at += (int) products[i + 2];
            }
        }
        assertThat(at).isEqualTo(plan.slots());
        for (int a = 0; a < assigned.rows.length; a++) {
            assertThat(expertOfSlot[(int) plan.slotOfAssignment()[a]]).isEqualTo(assigned.experts[a]);
        }
    }

    /** So that experts nobody chose are neither read nor given a gradient, but for small ones between others. */
    @Property(tries = 300)
    void products_holdTheExpertsWithRows_andFewOthers(@ForAll("assignments") Assignments assigned) {
        DispatchPlan plan = assigned.plan();
        long[] products = plan.products(new boolean[assigned.expertCount]);
        List<Integer> found = IntStream.range(0, products.length / 4)
                .flatMap(i -> IntStream.range(0, (int) products[4 * i + 1]).map(e -> (int) products[4 * i] + e))
                .boxed()
                .toList();
        List<Integer> chosen =
                Arrays.stream(assigned.experts).sorted().distinct().boxed().toList();
        assertThat(found).doesNotHaveDuplicates().containsAll(chosen);
        if (assigned.mostIdle() == 0) {
            assertThat(found).isEqualTo(chosen);
        }
        for (int i = 0; i < products.length; i += 4) {
            assertThat(plan.counts()[(int) products[i]]).isPositive();
            int idle = 0;
            for (int e = (int) products[i]; e < products[i] + products[i + 1]; e++) {
                idle = plan.counts()[e] > 0 ? 0 : idle + 1;
                assertThat(idle).isLessThanOrEqualTo(assigned.mostIdle());
            }
        }
        int[] counts = new int[assigned.expertCount];
        for (int expert : assigned.experts) {
            counts[expert]++;
        }
        assertThat(plan.counts()).isEqualTo(counts);
    }

    @Property(tries = 300)
    void assignmentsOfARow_followFromItsBegin(@ForAll("assignments") Assignments assigned) {
        DispatchPlan plan = assigned.plan();
        long[] begins = plan.begins();
        for (int row = 0; row < assigned.rowCount; row++) {
            int from = (int) begins[row];
            int to = row + 1 < assigned.rowCount ? (int) begins[row + 1] : assigned.rows.length;
            int own = row;
            assertThat(Arrays.copyOfRange(plan.byRow(), from, to))
                    .containsExactly(IntStream.range(0, assigned.rows.length)
                            .filter(a -> assigned.rows[a] == own)
                            .asLongStream()
                            .toArray());
        }
        assertThat(plan.slotsByRow())
                .isEqualTo(Arrays.stream(plan.byRow())
                        .map(a -> plan.slotOfAssignment()[(int) a])
                        .toArray());
    }

    /** A small share of the work beyond the eight slots that an expert has at least, or a few slots for every expert. */
    @Property(tries = 300)
    void padding_staysLittle(@ForAll("assignments") Assignments assigned) {
        DispatchPlan plan = assigned.plan();
        long[] products = plan.products(new boolean[assigned.expertCount]);
        long busy = IntStream.range(0, products.length / 4)
                .mapToLong(i -> products[4 * i + 1])
                .sum();
        double most = assigned.sizes == Sizes.EXACT
                ? assigned.rows.length + 4 * busy
                : 1.25 * assigned.rows.length + 16 * busy;
        assertThat((double) plan.slots()).isLessThanOrEqualTo(most);
    }

    /** What several experts compute together stays small enough for a cache. */
    @Property(tries = 300)
    void products_ofSeveralExperts_areBounded(@ForAll("assignments") Assignments assigned, @ForAll boolean large) {
        Assignments all = large ? repeated(assigned, 40) : assigned;
        long[] products = all.plan().products(new boolean[all.expertCount]);
        for (int i = 0; i < products.length; i += 4) {
            assertThat(products[i + 1] == 1 || products[i + 1] * products[i + 2] <= 4096)
                    .isTrue();
        }
    }

    /** The same choices by many times as many rows. */
    private static Assignments repeated(Assignments once, int times) {
        int count = once.rows.length;
        return new Assignments(
                IntStream.range(0, times * count)
                        .map(a -> once.rows[a % count] + a / count * once.rowCount)
                        .toArray(),
                IntStream.range(0, times * count)
                        .map(a -> once.experts[a % count])
                        .toArray(),
                times * once.rowCount,
                once.expertCount,
                once.sizes,
                once.expertWeights);
    }

    @Property(tries = 300)
    void products_addWhereAnyOfTheirExpertsWasTouched(
            @ForAll("assignments") Assignments assigned, @ForAll Random random) {
        boolean[] touched = new boolean[assigned.expertCount];
        for (int e = 0; e < touched.length; e++) {
            touched[e] = random.nextInt(4) == 0;
        }
        long[] products = assigned.plan().products(touched);
        for (int i = 0; i < products.length; i += 4) {
            int first = (int) products[i];
            boolean any = IntStream.range(first, first + (int) products[i + 1]).anyMatch(e -> touched[e]);
            assertThat(products[i + 3]).isEqualTo(any ? 1 : 0);
        }
    }

    @Test
    void noAssignments_areAnEmptyPlan() {
        DispatchPlan plan = DispatchPlan.of(new int[0], new int[0], 3, 4, Sizes.EXACT, 10);
        assertThat(plan.slots()).isZero();
        assertThat(plan.products(new boolean[4])).isEmpty();
        assertThat(plan.begins()).containsExactly(0, 0, 0);
    }

    @Test
    void rounded_ofExactSizes_isTheRows() {
        assertThat(Sizes.EXACT.rounded(13)).isEqualTo(13);
    }

    @Test
    void rounded_isAtLeastTheRows_withLittleWaste() {
        assertThat(Sizes.ROUNDED.rounded(1)).isEqualTo(8);
        assertThat(Sizes.ROUNDED.rounded(8)).isEqualTo(8);
        assertThat(Sizes.ROUNDED.rounded(9)).isEqualTo(16);
        for (int rows = 1; rows < 5000; rows++) {
            assertThat(Sizes.ROUNDED.rounded(rows)).isBetween(rows, Math.max(rows + 7, rows + rows / 8));
        }
    }

    /** From an even load to one expert that has nearly all rows. */
    @Provide
    Arbitrary<Assignments> assignments() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 200),
                        Arbitraries.integers().between(1, 300),
                        Arbitraries.integers().between(1, 6),
                        Arbitraries.doubles().between(1, 6),
                        Arbitraries.longs(),
                        Arbitraries.of(Sizes.class),
                        Arbitraries.of(200_000L, 100_000L, 20_000L))
                .as(DispatchPlanTest::random)
                .withoutEdgeCases();
    }

    private static Assignments random(
            int expertCount, int rowCount, int most, double skew, long seed, Sizes sizes, long expertWeights) {
        Random random = new Random(seed);
        int[][] pairs = IntStream.range(0, rowCount)
                .boxed()
                .flatMap(row -> IntStream.range(0, random.nextInt(most + 1))
                        .map(i -> (int) (expertCount * Math.pow(random.nextDouble(), skew)))
                        .distinct()
                        .mapToObj(expert -> new int[] {row, expert}))
                .toArray(int[][]::new);
        Collections.shuffle(Arrays.asList(pairs), random);
        return new Assignments(
                Arrays.stream(pairs).mapToInt(pair -> pair[0]).toArray(),
                Arrays.stream(pairs).mapToInt(pair -> pair[1]).toArray(),
                rowCount,
                expertCount,
                sizes,
                expertWeights);
    }
}
