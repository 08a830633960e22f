/**
 * The packaged server as its users meet it: a process that is started, asked over HTTP, and ended by a signal.
 *
 * <p>{@link dev.dragoman.system.ServerProcess} starts the executable jar that the build has just made, with the default model of this
 * repository. Nothing here calls the product's classes.
 */
@NullMarked
package dev.dragoman.system;

import org.jspecify.annotations.NullMarked;
