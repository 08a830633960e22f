package dev.dragoman.training.shortlist;

/** The digamma function ψ, the derivative of the logarithm of Γ. */
final class Digamma {
    /** From here on the asymptotic series is exact to some 1e-12. */
    private static final double LARGE = 8;

    private Digamma() {}

    /**
     * ψ(x), by ψ(x) = ψ(x + 1) - 1/x and the asymptotic series (Abramowitz and Stegun, 6.3.5 and 6.3.18).
     *
     * @param x above 0
     */
    static double of(double x) {
        double result = 0;
        double y = x;
        while (y < LARGE) {
            result -= 1 / y;
            y++;
        }
        double square = 1 / (y * y);
        return result
                + Math.log(y)
                - 0.5 / y
                - square
                        * (1.0 / 12
                                - square * (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240 - square / 132))));
    }
}
