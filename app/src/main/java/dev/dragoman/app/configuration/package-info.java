/**
 * Every property of the server that Dragoman itself defines, in one tree of validated, immutable records:
 * {@link dev.dragoman.app.configuration.DragomanProperties} is the reference for names, meanings, defaults and ranges.
 *
 * <p>Properties of Spring Boot that the server sets differently stand in {@code application.yaml}, each with its reason.
 */
@NullMarked
package dev.dragoman.app.configuration;

import org.jspecify.annotations.NullMarked;
