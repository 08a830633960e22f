package dev.dragoman.training.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CurvesTest {
    @Test
    void add_neighboursBecomeOnePoint() {
        Curves curves = new Curves(List.of("loss"), 4);
        for (int i = 1; i <= 5; i++) {
            curves.add(i, 10 * i, i);
        }
        assertThat(curves.reportsPerPoint()).isEqualTo(2);
        assertThat(curves.points()).extracting(Curves.Point::update).containsExactly(2L, 4L, 5L);
        assertThat(curves.points()).extracting(Curves.Point::seconds).containsExactly(20.0, 40.0, 50.0);
        assertThat(curves.points()).extracting(point -> point.mean(0)).containsExactly(1.5, 3.5, 5.0);
        assertThat(curves.points()).extracting(point -> point.least(0)).containsExactly(1.0, 3.0, 5.0);
        assertThat(curves.points()).extracting(point -> point.greatest(0)).containsExactly(2.0, 4.0, 5.0);
    }

    @Test
    void add_whatWasNotMeasuredDoesNotCount() {
        Curves curves = new Curves(List.of("bleu", "chrf"), 2);
        curves.add(1, 1, Double.NaN, Double.NaN);
        curves.add(2, 2, 30, Double.POSITIVE_INFINITY);
        curves.add(3, 3, 10, Double.NaN);
        assertThat(curves.points().get(0).mean(0)).isEqualTo(30);
        assertThat(curves.points().get(0).least(0)).isEqualTo(30);
        assertThat(curves.points().get(0).mean(1)).isNaN();
        assertThat(curves.has(0)).isTrue();
        assertThat(curves.has(1)).isFalse();
    }

    @Test
    void misuse() {
        assertThatThrownBy(() -> new Curves(List.of("a"), 3))
                .hasMessageContaining("limit")
                .hasMessageContaining("3");
        assertThatThrownBy(() -> new Curves(List.of("a"), 2).add(1, 1, 2, 3)).hasMessageContaining("1 values");
    }

    /** However many: the points are bounded, and their means, weighted, have the mean of all; the extremes are kept. */
    @Property
    void add_keepsMeanAndExtremes(
            @ForAll @Size(min = 1, max = 500) List<@DoubleRange(min = -100, max = 100) Double> values,
            @ForAll @IntRange(min = 1, max = 8) int half) {
        Curves curves = new Curves(List.of("value"), 2 * half);
        for (int i = 0; i < values.size(); i++) {
            curves.add(i + 1, i, values.get(i));
        }
        List<Curves.Point> points = curves.points();
        assertThat(points).hasSizeBetween(1, 2 * half);
        assertThat(points.get(points.size() - 1).update()).isEqualTo(values.size());
        double sum = 0;
        long before = 0;
        for (Curves.Point point : points) {
            sum += point.mean(0) * (point.update() - before);
            before = point.update();
        }
        double expected = values.stream().mapToDouble(Double::doubleValue).sum();
        assertThat(sum).isCloseTo(expected, within(1e-6));
        assertThat(points.stream().mapToDouble(point -> point.greatest(0)).max())
                .hasValue(values.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
        assertThat(points.stream().mapToDouble(point -> point.least(0)).min())
                .hasValue(values.stream().mapToDouble(Double::doubleValue).min().orElseThrow());
    }
}
