/** Rules about the source as a whole. */
@NullMarked
package dev.dragoman.architecture;

import org.jspecify.annotations.NullMarked;
