package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import dev.dragoman.model.TestDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TestDevice.class)
class ExpertCacheTest {
    private static final long BYTES = 100;

    private NDManager manager;
    private final AtomicInteger copies = new AtomicInteger();
    /** All that were ever copied. */
    private final Queue<NDArray> arrays = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void open() {
        manager = TestDevice.newManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /** An array with the expert's number in it. */
    private NDList copy(int expert) {
        copies.incrementAndGet();
        NDArray array = manager.create((float) expert);
        arrays.add(array);
        return new NDList(array);
    }

    private static float number(ExpertCache.InUse inUse, int i) {
        return inUse.experts().get(i).arrays().get(0).getFloat();
    }

    private static long open(Queue<NDArray> some) {
        return some.stream().filter(array -> !((PtNDArray) array).isReleased()).count();
    }

    @Test
    void use_givesTheExpertsInOrder_andCopiesEachOnce() {
        try (ExpertCache cache = new ExpertCache(100 * BYTES, BYTES)) {
            for (int round = 0; round < 3; round++) {
                try (ExpertCache.InUse inUse = cache.use(0, new int[] {5, 1, 9}, this::copy)) {
                    assertThat(number(inUse, 0)).isEqualTo(5);
                    assertThat(number(inUse, 1)).isEqualTo(1);
                    assertThat(number(inUse, 2)).isEqualTo(9);
                }
            }
            assertThat(copies).hasValue(3);
            assertThat(cache.statistics()).isEqualTo(new ExpertCacheStatistics(6, 3, 0, 3 * BYTES, 100 * BYTES));
            assertThat(cache.statistics().hitRate()).isEqualTo(6.0 / 9);
        }
    }

    @Test
    void use_layersDoNotShareExperts() {
        try (ExpertCache cache = new ExpertCache(100 * BYTES, BYTES)) {
            cache.use(0, new int[] {5}, this::copy).close();
            cache.use(1, new int[] {5}, this::copy).close();
            assertThat(copies).hasValue(2);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, BYTES - 1, BYTES, 4 * BYTES, 7 * BYTES})
    void use_beyondTheLimit_evictsAndFrees(long limit) {
        try (ExpertCache cache = new ExpertCache(limit, BYTES)) {
            assertThat(cache.statistics().hitRate()).isZero();
            for (int expert = 0; expert < 20; expert++) {
                try (ExpertCache.InUse inUse = cache.use(0, new int[] {expert}, this::copy)) {
                    assertThat(number(inUse, 0)).isEqualTo(expert);
                    assertThat(cache.statistics().residentBytes()).isLessThanOrEqualTo(limit / BYTES * BYTES + BYTES);
                }
                assertThat(cache.statistics().residentBytes()).isLessThanOrEqualTo(limit);
                assertThat(open(arrays) * BYTES).isEqualTo(cache.statistics().residentBytes());
            }
            assertThat(cache.statistics().evictions()).isEqualTo(20 - limit / BYTES);
        }
    }

    /** With room for one, what is in use cannot be kept in the cache when another comes; it is freed when it is given back. */
    @Test
    void use_evictedMeanwhile_staysOpenUntilItIsGivenBack() {
        try (ExpertCache cache = new ExpertCache(8 * BYTES, BYTES)) {
            ExpertCache.InUse first = cache.use(0, new int[] {1}, this::copy);
            NDArray array = first.experts().get(0).arrays().get(0);
            cache.close();
            assertThat(array.getFloat()).isEqualTo(1);
            assertThat(cache.statistics().residentBytes()).isEqualTo(BYTES);
            first.close();
            assertThat(open(arrays)).isZero();
            assertThat(cache.statistics().residentBytes()).isZero();
        }
    }

    @Test
    void close_freesEverything() {
        ExpertCache cache = new ExpertCache(100 * BYTES, BYTES);
        cache.use(0, new int[] {1, 2, 3, 4}, this::copy).close();
        assertThat(open(arrays)).isEqualTo(4);
        cache.close();
        assertThat(open(arrays)).isZero();
        assertThat(manager.getManagedArrays()).isEmpty();
    }

    /** The engine being out of memory, for instance. */
    @Test
    void use_whereACopyFails_holdsNothing() {
        try (ExpertCache cache = new ExpertCache(16 * BYTES, BYTES)) {
            for (int round = 0; round < 10; round++) {
                assertThatThrownBy(() -> cache.use(0, new int[] {1, 2, 3}, expert -> {
                            if (expert == 3) {
                                throw new IllegalStateException("no room");
                            }
                            return copy(expert);
                        }))
                        .hasMessage("no room");
            }
            // All may be used again: no permit was lost.
            cache.use(0, new int[] {4, 5, 6, 7}, this::copy).close();
        }
        assertThat(open(arrays)).isZero();
    }

    @Test
    void mostAtOnce_isAQuarterOrOne() {
        for (long limit : new long[] {1, BYTES, 7 * BYTES}) {
            try (ExpertCache cache = new ExpertCache(limit, BYTES)) {
                assertThat(cache.mostAtOnce()).isEqualTo(1);
            }
        }
        try (ExpertCache cache = new ExpertCache(40 * BYTES, BYTES)) {
            assertThat(cache.mostAtOnce()).isEqualTo(10);
        }
    }

    /** Two batches may not use more than that together: the second waits. */
    @Test
    void use_waitsWhileOthersUseTooMany() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (ExpertCache cache = new ExpertCache(8 * BYTES, BYTES)) {
            ExpertCache.InUse first = cache.use(0, new int[] {1, 2}, this::copy);
            CountDownLatch started = new CountDownLatch(1);
            Future<?> second = pool.submit(() -> {
                started.countDown();
                cache.use(0, new int[] {3}, this::copy).close();
            });
            started.await();
            Thread.sleep(50);
            assertThat(second.isDone()).isFalse();
            assertThat(copies).hasValue(2);
            first.close();
            second.get();
            assertThat(copies).hasValue(3);
        } finally {
            pool.shutdown();
        }
    }

    /** Of 1,000 experts chosen as words are, with frequencies like 1 / rank, the cache finds out the frequent ones. */
    @Test
    void use_zipfStream_keepsTheFrequent() {
        int experts = 1000;
        double[] cumulated = new double[experts];
        double sum = 0;
        for (int rank = 1; rank <= experts; rank++) {
            sum += 1.0 / rank;
            cumulated[rank - 1] = sum;
        }
        Random random = new Random(4);
        try (ExpertCache cache = new ExpertCache(100 * BYTES, BYTES)) {
            for (int i = 0; i < 20_000; i++) {
                int at = Arrays.binarySearch(cumulated, random.nextDouble() * sum);
                cache.use(0, new int[] {at < 0 ? -at - 1 : at}, this::copy).close();
            }
            ExpertCacheStatistics statistics = cache.statistics();
            assertThat(statistics.hits() + statistics.misses()).isEqualTo(20_000);
            // The 100 most frequent would be found in 69 % of the lookups.
            assertThat(statistics.hitRate()).isBetween(0.6, 0.7);
            assertThat(statistics.residentBytes()).isEqualTo(100 * BYTES);
            assertThat(open(arrays)).isEqualTo(100);
        }
    }

    /** Nobody ever reads a freed expert, and nothing is left open. */
    @Test
    void use_fromManyThreads() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try (ExpertCache cache = new ExpertCache(12 * BYTES, BYTES)) {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(thread);
                all.add(pool.submit(() -> {
                    for (int i = 0; i < 3000; i++) {
                        int[] experts = random.ints(0, 20)
                                .distinct()
                                .limit(1 + random.nextInt(3))
                                .toArray();
                        try (ExpertCache.InUse inUse = cache.use(0, experts, this::copy)) {
                            for (int e = 0; e < experts.length; e++) {
                                assertThat(number(inUse, e)).isEqualTo(experts[e]);
                            }
                        }
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
            assertThat(cache.statistics().residentBytes()).isLessThanOrEqualTo(12 * BYTES);
        } finally {
            pool.shutdown();
        }
        assertThat(open(arrays)).isZero();
        assertThat(manager.getManagedArrays()).isEmpty();
    }
}
