package dev.dragoman.model.cpu;

/** What 4 bits leave of weights, by trying every multiplier that is allowed. */
final class NaiveFourBits {
    static final int GROUP = 32;
    private static final int LARGEST = 7;
    private static final int LARGEST_MULTIPLIER = 18;

    private NaiveFourBits() {}

    /** @param weights rows of so many inputs, one after the other, whose groups begin with the row */
    static byte[] rounded(byte[] weights, int inputs) {
        byte[] result = new byte[weights.length];
        for (int row = 0; row < weights.length; row += inputs) {
            for (int from = 0; from < inputs; from += GROUP) {
                int to = Math.min(inputs, from + GROUP);
                int multiplier = multiplier(weights, row + from, row + to);
                for (int i = row + from; i < row + to; i++) {
                    result[i] = (byte) rounded(weights[i], multiplier);
                }
            }
        }
        return result;
    }

    /** The multiplier of the largest weight: with it, none is cut off but those above 126. */
    static int top(byte[] weights, int from, int to) {
        int largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(weights[i]));
        }
        return Math.min(LARGEST_MULTIPLIER, (int) Math.ceil(largest / (double) LARGEST));
    }

    private static int multiplier(byte[] weights, int from, int to) {
        int top = top(weights, from, to);
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int multiplier = top; multiplier > 0 && multiplier >= top * 0.7 - 1e-9; multiplier--) {
            double error = 0;
            for (int i = from; i < to; i++) {
                error += Math.pow(weights[i] - rounded(weights[i], multiplier), 2);
            }
            if (error < least) {
                least = error;
                best = multiplier;
            }
        }
        return best;
    }

    /** Halves go away from zero. */
    private static int rounded(int weight, int multiplier) {
        if (multiplier == 0) {
            return 0;
        }
        long size = Math.round(Math.abs(weight) / (double) multiplier);
        return (int) (Integer.signum(weight) * multiplier * Math.min(LARGEST, size));
    }
}
