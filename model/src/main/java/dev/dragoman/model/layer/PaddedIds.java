package dev.dragoman.model.layer;

import java.util.Arrays;

/**
 * Ids of several sentences, padded to the longest, in the layouts that the network reads.
 *
 * @param ids {@code [sentences][length]}, row-major
 * @param lengths real tokens of each sentence, at least 1
 * @param sentences B
 * @param length S or T, the padded length
 */
public record PaddedIds(int[] ids, int[] lengths, int sentences, int length) {

    /** Pads {@code sentences}, none of them empty, with {@code padId}. */
    public static PaddedIds of(int[][] sentences, int padId) {
        int length = 0;
        for (int[] sentence : sentences) {
            if (sentence.length == 0) {
                throw new IllegalArgumentException("a sentence must have at least 1 token, but has 0");
            }
            length = Math.max(length, sentence.length);
        }
        int[] ids = new int[sentences.length * length];
        int[] lengths = new int[sentences.length];
        for (int b = 0; b < sentences.length; b++) {
            lengths[b] = sentences[b].length;
            for (int t = 0; t < length; t++) {
                ids[b * length + t] = t < lengths[b] ? sentences[b][t] : padId;
            }
        }
        return new PaddedIds(ids, lengths, sentences.length, length);
    }

    /** Sentences {@code from} to {@code to}, padded to the longest of them. */
    public PaddedIds part(int from, int to) {
        int[] partLengths = Arrays.copyOfRange(lengths, from, to);
        int longest = Arrays.stream(partLengths).max().orElse(0);
        int[] partIds = new int[(to - from) * longest];
        for (int b = from; b < to; b++) {
            System.arraycopy(ids, b * length, partIds, (b - from) * longest, longest);
        }
        return new PaddedIds(partIds, partLengths, to - from, longest);
    }

    /** Number of real positions, N. */
    public int tokens() {
        int sum = 0;
        for (int length : lengths) {
            sum += length;
        }
        return sum;
    }

    /** {@code [length * sentences]}: all ids, one time step after the other. */
    public long[] timeMajor() {
        long[] result = new long[ids.length];
        for (int t = 0; t < length; t++) {
            for (int b = 0; b < sentences; b++) {
                result[t * sentences + b] = ids[b * length + t];
            }
        }
        return result;
    }

    /** {@code [N]}: flat time-major indices of the real positions, ascending. */
    public long[] rows() {
        long[] result = new long[tokens()];
        int n = 0;
        for (int t = 0; t < length; t++) {
            for (int b = 0; b < sentences; b++) {
                if (t < lengths[b]) {
                    result[n++] = (long) t * sentences + b;
                }
            }
        }
        return result;
    }

    /** {@code [N]}: the ids at {@link #rows()}. */
    public long[] realIds() {
        long[] result = rows();
        for (int n = 0; n < result.length; n++) {
            int t = (int) (result[n] / sentences);
            int b = (int) (result[n] % sentences);
            result[n] = ids[b * length + t];
        }
        return result;
    }

    /** {@code [length * sentences]}: each real position's mirror image within its sentence; padding maps to itself. */
    public long[] reversal() {
        long[] result = new long[ids.length];
        for (int t = 0; t < length; t++) {
            for (int b = 0; b < sentences; b++) {
                int from = t < lengths[b] ? lengths[b] - 1 - t : t;
                result[t * sentences + b] = (long) from * sentences + b;
            }
        }
        return result;
    }

    /** {@code [sentences][length]}: 0 at real positions, negative infinity at padding. */
    public float[] mask() {
        float[] result = new float[ids.length];
        for (int b = 0; b < sentences; b++) {
            for (int t = lengths[b]; t < length; t++) {
                result[b * length + t] = Float.NEGATIVE_INFINITY;
            }
        }
        return result;
    }
}
