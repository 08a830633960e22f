package dev.dragoman.model.checkpoint;

import ai.djl.ndarray.index.NDIndex;

/**
 * The elements of an array in row-major order, cut into pieces that fit into buffers.
 *
 * @param elements how many there are
 * @param length elements per slice; the last one may be shorter
 */
record Slices(long elements, long length) {
    /** 16 MiB of float32: large enough that the calls of the engine do not count, small beside any model. */
    static final int LENGTH = 1 << 22;

    /**
     * Slices of whole rows.
     *
     * @param rowLength elements that must stay together, at least 1
     * @param longest elements that a slice may have, unless one row has more
     */
    static Slices of(long elements, long rowLength, long longest) {
        return new Slices(elements, Math.max(1, longest / rowLength) * rowLength);
    }

    int count() {
        return Math.toIntExact((elements + length - 1) / length);
    }

    long from(int i) {
        return i * length;
    }

    long to(int i) {
        return Math.min(elements, from(i) + length);
    }

    /** Of a flat array. */
    NDIndex index(int i) {
        return new NDIndex().addSliceDim(from(i), to(i));
    }
}
