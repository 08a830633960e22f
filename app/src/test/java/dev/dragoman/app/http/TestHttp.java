package dev.dragoman.app.http;

/** The parts of this package, for slices of other packages. */
public final class TestHttp {
    private TestHttp() {}

    /** Origins whose clients never hang up. */
    public static RequestOrigins origins() {
        return new RequestOrigins(new ConnectionWatch());
    }
}
