/** Training: a {@link dev.dragoman.training.Recipe}, the {@link dev.dragoman.training.Trainer} and what it reports. */
@NullMarked
package dev.dragoman.training;

import org.jspecify.annotations.NullMarked;
