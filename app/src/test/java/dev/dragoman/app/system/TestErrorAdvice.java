package dev.dragoman.app.system;

import dev.dragoman.app.http.FormLimits;
import tools.jackson.databind.json.JsonMapper;

/** The error advice, for slices of other packages. */
public final class TestErrorAdvice {
    private TestErrorAdvice() {}

    public static Object create() {
        return new ErrorAdvice(new JsonMapper(), new FormLimits(2 << 20, 1000, 50));
    }
}
