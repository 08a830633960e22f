package dev.dragoman.training.data;

/** Why a line of a corpus is not trained on. The first reason that holds, in this order, is the one that is counted. */
public enum SkipReason {
    NOT_UTF8("not UTF-8"),
    GARBLED("garbled encoding"),
    MISSING_COLUMN("fewer than two columns"),
    TOO_MANY_COLUMNS("more than four columns"),
    OTHER_KIND("kind not asked for"),
    EMPTY_SIDE("empty side"),
    CONTROL_CHARACTER("control character"),
    MARKUP("markup"),
    IDENTICAL_SIDES("identical sides"),
    TOO_LONG("too long"),
    LENGTH_RATIO("length ratio"),
    FEW_LETTERS("few letters"),
    OTHER_LANGUAGE("another language"),
    HELD_OUT("development or test text"),
    DUPLICATE("met before");

    private final String description;

    SkipReason(String description) {
        this.description = description;
    }

    /** A few words for people. */
    public String description() {
        return description;
    }
}
