package dev.dragoman.model.cpu;

/** What 4 bits leave of weights, in plain Java. */
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

    /** The least that reaches the largest weight, or 126. */
    static int multiplier(byte[] weights, int from, int to) {
        int largest = 0;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, Math.abs(weights[i]));
        }
        return Math.min(LARGEST_MULTIPLIER, (int) Math.ceil(largest / (double) LARGEST));
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
