/** The network's arithmetic as scripted libtorch methods, and the way Java calls them. */
@NullMarked
package dev.dragoman.model.kernel;

import org.jspecify.annotations.NullMarked;
