/** Serving on processors by kernels of our own, in 8 bits; their source is in {@code src/main/cpp}. */
@NullMarked
package dev.dragoman.model.cpu;

import org.jspecify.annotations.NullMarked;
