/**
 * What an operator changes while the server runs: {@code /admin} on the management port, which is another than that of translations and
 * by default of this machine only.
 *
 * <p>{@link dev.dragoman.app.administration.AdministrationConfiguration} puts the controllers into the context of that port; what they do
 * is done by {@code dev.dragoman.app.models} and {@code dev.dragoman.app.sentences}.
 */
@NullMarked
package dev.dragoman.app.administration;

import org.jspecify.annotations.NullMarked;
