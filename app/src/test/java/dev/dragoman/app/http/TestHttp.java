package dev.dragoman.app.http;

import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import tools.jackson.databind.json.JsonMapper;

/** The parts of this package, for slices of other packages. */
public final class TestHttp {
    private TestHttp() {}

    /** What sends the answers of controllers. */
    public static HandlerMethodReturnValueHandler answers() {
        return new AnswerHandler(new JsonMapper());
    }

    /** Origins whose clients never hang up. */
    public static RequestOrigins origins() {
        return new RequestOrigins(new ConnectionWatch());
    }
}
