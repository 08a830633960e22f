package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class ExpertUsageTest {
    @Test
    void balance_beforeTheFirstRow_isIdle() {
        assertThat(new ExpertUsage(3).balance()).isEqualTo(new ExpertUsage.Balance(3, 0, 0, 0, 1, 0));
    }

    @Test
    void balance_ofFourExperts() {
        ExpertUsage usage = new ExpertUsage(4);
        usage.add(new long[] {0, 0, 0, 0, 0, 0}, new float[] {0.25f, 0.25f, 0.25f, 0.25f, 0.5f, 0.5f});
        usage.add(new long[] {2, 2}, new float[] {1, 1});
        assertThat(usage.rows()).containsExactly(6, 0, 2, 0);
        ExpertUsage.Balance balance = usage.balance();
        assertThat(balance.rows()).isEqualTo(8);
        // Mean 2, deviations 4, -2, 0, -2.
        assertThat(balance.loadCv()).isCloseTo(Math.sqrt(6) / 2, within(1e-12));
        // Two gates' worth for two of the experts, none for the others.
        assertThat(balance.importanceCv()).isCloseTo(1, within(1e-6));
        assertThat(balance.idleShare()).isEqualTo(0.5);
        assertThat(balance.overflow()).isEqualTo(3);
    }

    @Test
    void balance_evenAndCollapsed() {
        ExpertUsage even = new ExpertUsage(8);
        ExpertUsage collapsed = new ExpertUsage(8);
        for (int e = 0; e < 8; e++) {
            even.add(new long[] {e}, new float[] {0.5f});
            collapsed.add(new long[] {e % 2}, new float[] {0.5f});
        }
        assertThat(even.balance()).isEqualTo(new ExpertUsage.Balance(8, 8, 0, 0, 0, 1));
        assertThat(collapsed.balance().loadCv()).isCloseTo(Math.sqrt(8.0 / 2 - 1), within(1e-12));
        assertThat(collapsed.balance().importanceCv()).isCloseTo(Math.sqrt(8.0 / 2 - 1), within(1e-6));
    }

    @Test
    void add_fromManyThreads_losesNothing() throws Exception {
        ExpertUsage usage = new ExpertUsage(2);
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                all.add(pool.submit(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        usage.add(new long[] {1}, new float[] {1});
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdown();
        }
        assertThat(usage.rows()).containsExactly(0, 40_000);
    }
}
