/**
 * From public archives to a folder that training starts on in seconds.
 *
 * <p>Reading order: a {@link dev.dragoman.training.preparation.Preparation} is the section of a recipe that names archives, texts in them and
 * limits; a {@link dev.dragoman.training.preparation.PreparationRun} goes through the steps: {@link
 * dev.dragoman.training.preparation.Downloader}, {@link dev.dragoman.training.preparation.TextCleaning} over a {@link
 * dev.dragoman.training.preparation.PairReader}, {@link dev.dragoman.training.preparation.Deduplication}, the vocabulary, and shards; {@link
 * dev.dragoman.training.preparation.PreparedFolder} is what training opens.
 *
 * <p>Every step leaves a small record behind when its files are complete, and none is done again. A file is under its name only when it is
 * whole, so the program may be killed at any moment. Memory use does not grow with the text: one bit a pair is all that is kept of it.
 * The result is a function of the archives and the recipe, on any number of threads.
 */
@NullMarked
package dev.dragoman.training.preparation;

import org.jspecify.annotations.NullMarked;
