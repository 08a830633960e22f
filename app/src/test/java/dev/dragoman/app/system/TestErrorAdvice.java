package dev.dragoman.app.system;

import dev.dragoman.app.models.TestModels;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The error advice, for slices of other packages. */
public final class TestErrorAdvice {
    private TestErrorAdvice() {}

    public static Object create() {
        return new ErrorAdvice(new JsonMapper(), TestModels.properties(Map.of()));
    }
}
