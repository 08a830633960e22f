package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import dev.dragoman.model.Engines;
import dev.dragoman.model.kernel.ComputeDevice;
import org.junit.jupiter.api.Test;

class CeilingsTest {
    private static final Ceilings CEILINGS = new Ceilings(100, 800, 10);

    @Test
    void floor_isTheLongerOfArithmeticAndMemory() {
        assertThat(CEILINGS.floor(new Ceilings.Work(400, 10), Precision.FLOAT32))
                .isEqualTo(4);
        assertThat(CEILINGS.floor(new Ceilings.Work(400, 10), Precision.BFLOAT16))
                .isEqualTo(1);
        assertThat(CEILINGS.floor(new Ceilings.Work(400, 50), Precision.FLOAT32))
                .isEqualTo(5);
    }

    @Test
    void products_ofEightBits_areThoseOfTheFasterType() {
        assertThat(CEILINGS.products(Precision.INT8)).isEqualTo(800);
        assertThat(new Ceilings(100, 20, 10).products(Precision.INT8)).isEqualTo(100);
    }

    @Test
    void measure_findsRates() {
        Engines.prepare();
        try (NDManager manager = ComputeDevice.newManager()) {
            Ceilings ceilings = Ceilings.measure(manager, Rounds.Clock.WALL, 256, 1 << 20);

            assertThat(ceilings.float32()).isBetween(1e7, 1e15);
            assertThat(ceilings.bfloat16()).isBetween(1e7, 1e15);
            assertThat(ceilings.read()).isBetween(1e7, 1e14);
        }
    }
}
