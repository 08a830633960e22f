/** Requests that no client should send, by the thousand. */
@NullMarked
package dev.dragoman.app.fuzz;

import org.jspecify.annotations.NullMarked;
