/** Commands that measure the mixture layer: each rate beside what this machine could do at best, measured in the same run. */
@NullMarked
package dev.dragoman.benchmark;

import org.jspecify.annotations.NullMarked;
