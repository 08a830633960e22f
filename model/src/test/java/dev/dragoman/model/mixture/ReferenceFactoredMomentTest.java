package dev.dragoman.model.mixture;

import org.junit.jupiter.api.Test;

class ReferenceFactoredMomentTest {
    @Test
    void estimate_ofTheWorkedExample() {
        double[][] estimate = ReferenceFactoredMoment.estimate(new double[][] {{1, 2, 3}, {4, 5, 6}});
        Closeness.assertClose(
                "estimate", estimate, new double[][] {{10.0 / 7, 2, 18.0 / 7}, {25.0 / 7, 5, 45.0 / 7}}, 1e-12);
    }

    @Test
    void estimate_ofRankOne_isExact() {
        double[][] product = {{2, 6, 10}, {3, 9, 15}};
        Closeness.assertClose("estimate", ReferenceFactoredMoment.estimate(product), product, 1e-12);
    }
}
