package dev.dragoman.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.model.mixture.ExpertLoad;
import dev.dragoman.training.UpdateReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadAccumulatorTest {
    @Test
    void take_sharesOverTheMeanSinceTheLastCall() {
        LoadAccumulator loads = new LoadAccumulator();
        loads.add(report(1, 8, 0));
        loads.add(report(3, 4, 0));
        assertThat(loads.take(2))
                .containsExactly(new LoadMetrics(2, "layer", 2, 3, List.of(0.75, 2.25, 0.0), List.of()));
        loads.add(report(1, 1, 1));
        assertThat(loads.take(3)).containsExactly(new LoadMetrics(3, "layer", 1, 3, List.of(1.0, 1.0, 1.0), List.of()));
        assertThat(loads.take(4)).isEmpty();
    }

    @Test
    void take_noRowsAtAll() {
        LoadAccumulator loads = new LoadAccumulator();
        loads.add(report(0, 0));
        assertThat(loads.take(1).get(0).shares()).containsExactly(0.0, 0.0);
    }

    @Test
    void take_manyExpertsAreToldInGroups() {
        int[] rows = new int[2050];
        rows[0] = 2050;
        LoadAccumulator loads = new LoadAccumulator();
        loads.add(report(rows));
        LoadMetrics metrics = loads.take(1).get(0);
        assertThat(metrics.experts()).isEqualTo(2050);
        assertThat(metrics.expertsPerShare()).isEqualTo(17);
        assertThat(metrics.shares()).hasSize(121).startsWith(120.59, 0.0);
        assertThat(metrics.busiest()).hasSize(121).startsWith(2050.0, 0.0);
    }

    @Test
    void updatesPerStretch_boundsTheRowsOfARun() {
        assertThat(LoadAccumulator.updatesPerStretch(100, 10)).isEqualTo(10);
        assertThat(LoadAccumulator.updatesPerStretch(7600, 10)).isEqualTo(40);
        assertThat(LoadAccumulator.updatesPerStretch(1_000_000, 10)).isEqualTo(4170);
        assertThat(LoadAccumulator.updatesPerStretch(1, 10)).isEqualTo(10);
    }

    private static UpdateReport report(int... rows) {
        ExpertLoad load = new ExpertLoad(new float[rows.length], new float[rows.length], rows);
        return new UpdateReport(1, 10, 0, 1, 1, 1, 1, 1, 1, 1, false, Map.of(), Map.of("layer", load));
    }
}
