/** The network and its file format. */
@NullMarked
package dev.dragoman.model;

import org.jspecify.annotations.NullMarked;
