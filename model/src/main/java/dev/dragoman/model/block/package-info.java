/** What every part of the network is made of: parameters with their initial values, and gradients of what the engine's graph leaves out. */
@NullMarked
package dev.dragoman.model.block;

import org.jspecify.annotations.NullMarked;
