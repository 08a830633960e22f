package dev.dragoman.app.models;

import dev.dragoman.app.sentences.SentenceRoute;
import dev.dragoman.inference.Translator;

/** Two models in a row: from the source to the bridge, and from there to the target. */
record PivotDirection(ServedModel first, ServedModel second, SentenceRoute sentences) implements ServedDirection {
    static PivotDirection of(ServedModel first, ServedModel second, String bridge) {
        return new PivotDirection(
                first,
                second,
                new PivotRoute(
                        first.sentences(),
                        second.sentences(),
                        second.translator(),
                        bridge,
                        first.sentences().stageListener()));
    }

    @Override
    public String name() {
        return first.name() + "+" + second.name();
    }

    @Override
    public Translator translator() {
        return first.translator();
    }

    @Override
    public Translator writer() {
        return second.translator();
    }
}
