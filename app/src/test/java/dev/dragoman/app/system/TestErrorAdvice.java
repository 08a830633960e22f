package dev.dragoman.app.system;

import dev.dragoman.app.models.TestModels;
import java.util.Map;

/** The error advice, for slices of other packages. */
public final class TestErrorAdvice {
    private TestErrorAdvice() {}

    public static Object create() {
        return new ErrorAdvice(TestModels.properties(Map.of()));
    }
}
