package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.function.UnaryOperator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalarTest {
    private static final double STEP = 1e-5;

    @Property
    void gradient_ofEveryOperation_isTheSlope(@ForAll @DoubleRange(min = -4, max = 4) double at) {
        Map<String, UnaryOperator<Scalar>> operations = Map.ofEntries(
                Map.entry("plus", x -> x.plus(Scalar.of(3))),
                Map.entry("plus itself", x -> x.plus(x)),
                Map.entry("plus a double", x -> x.plus(3)),
                Map.entry("minus", x -> Scalar.of(2).minus(x)),
                Map.entry("times", x -> x.times(Scalar.of(-1.5))),
                Map.entry("times a double", x -> x.times(-1.5)),
                Map.entry("divided", x -> x.dividedBy(Scalar.of(7))),
                Map.entry("divided by a double", x -> x.dividedBy(7)),
                Map.entry("divisor", x -> Scalar.of(7).dividedBy(x.plus(5))),
                Map.entry("squared", Scalar::squared),
                Map.entry("exp", Scalar::exp),
                Map.entry("sigmoid", Scalar::sigmoid),
                Map.entry("softplus", Scalar::softplus),
                Map.entry("normalCdf", Scalar::normalCdf),
                Map.entry("sum", x -> Scalar.sum(x, x.squared(), Scalar.of(1))),
                Map.entry("mean", x -> Scalar.mean(x, x.squared(), Scalar.of(1))),
                Map.entry("dot", x -> Scalar.dot(new Scalar[] {x, x.exp()}, new Scalar[] {Scalar.of(2), x})),
                Map.entry("composition", x -> x.squared().times(x.sigmoid()).minus(x.normalCdf())));
        operations.forEach((name, operation) -> {
            Scalar x = Scalar.of(at);
            double slope = (operation.apply(Scalar.of(at + STEP)).value()
                            - operation.apply(Scalar.of(at - STEP)).value())
                    / (2 * STEP);
            assertThat(operation.apply(x).gradient().by(x)).as(name).isCloseTo(slope, within(1e-7));
        });
    }

    @Test
    void relu_hasTheSlopeOfItsSide() {
        Scalar left = Scalar.of(-2);
        Scalar right = Scalar.of(2);
        assertThat(left.relu().value()).isZero();
        assertThat(left.relu().gradient().by(left)).isZero();
        assertThat(right.relu().value()).isEqualTo(2);
        assertThat(right.relu().gradient().by(right)).isEqualTo(1);
    }

    /** Each number is visited once however many ways lead to it: a chain of 200 doublings has 2^200 of them. */
    @Test
    void gradient_ofSharedOperands_addsAllWays() {
        Scalar x = Scalar.of(1);
        Scalar sum = x;
        for (int i = 0; i < 200; i++) {
            sum = sum.plus(sum);
        }
        assertThat(sum.gradient().by(x)).isEqualTo(Math.pow(2, 200));
    }

    @Test
    void gradient_byWhatHadNoPart_isZero() {
        assertThat(Scalar.of(1).exp().gradient().by(Scalar.of(1))).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.5",
        "1, 0.8413447460685429",
        "-1, 0.15865525393145705",
        "1.96, 0.9750021048517795",
        "-3, 0.0013498980316300933",
        "6, 0.9999999990134123",
        "-40, 0",
        "40, 1"
    })
    void normalCdf_ofTabulatedPoints(double z, double expected) {
        assertThat(Scalar.of(z).normalCdf().value()).isCloseTo(expected, within(1e-15));
    }

    @Test
    void softplusAndSigmoid_ofLargeNumbers_areFinite() {
        assertThat(Scalar.of(1000).softplus().value()).isEqualTo(1000);
        assertThat(Scalar.of(-1000).softplus().value()).isZero();
        assertThat(Scalar.of(-1000).sigmoid().value()).isZero();
    }
}
