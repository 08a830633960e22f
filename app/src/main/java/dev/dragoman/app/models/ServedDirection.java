package dev.dragoman.app.models;

import dev.dragoman.app.sentences.SentenceRoute;
import dev.dragoman.inference.Translator;

/** What translates in one direction: a model, or two of them by way of a third language. */
public interface ServedDirection {
    /** The models' names. */
    String name();

    /** The model that reads the source, for segmentation and counting; translations go through {@link #sentences}. */
    Translator translator();

    /** The model that writes the target. */
    Translator writer();

    /** The way to translations. */
    SentenceRoute sentences();
}
