/**
 * The translation server: HTTP in, translations out.
 *
 * <p>Packages by feature, in the order a request meets them: {@code translation} reads, validates and answers
 * {@code POST /translate}; {@code sentences} caches, queues and batches; {@code models} holds what is open and tells its languages;
 * {@code security} stands before all of them and says who may; {@code openapi} describes them;
 * {@code administration} lets an operator exchange models;
 * {@code system} has errors, limits and health; {@code errors} and {@code configuration} are what all of them share.
 *
 * <p>The server reaches models through {@code dev.dragoman.inference} alone. It never holds a tensor, never segments or tokenises by
 * itself, and never trains.
 */
@NullMarked
package dev.dragoman.app;

import org.jspecify.annotations.NullMarked;
