/** What a model is made of: validated records, as {@code config.json} and recipes hold them. */
@NullMarked
package dev.dragoman.model.configuration;

import org.jspecify.annotations.NullMarked;
