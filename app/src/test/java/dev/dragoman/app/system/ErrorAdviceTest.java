package dev.dragoman.app.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.setup.MockMvcBuilders.standaloneSetup;

import dev.dragoman.app.errors.ServiceException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ErrorAdviceTest {
    /** An inner class, so that the application's scan in other tests does not find it. */
    @RestController
    @SuppressWarnings("ClassCanBeStatic")
    class FailingController {
        private final Supplier<Exception> fault;

        FailingController(Supplier<Exception> fault) {
            this.fault = fault;
        }

        @GetMapping("/fail")
        String fail() throws Exception {
            throw fault.get();
        }

        @GetMapping("/number")
        int number(@RequestParam int number) {
            return number;
        }
    }

    static Object[] faults() {
        return new Object[] {
            Arguments.of(new ServiceException.InvalidRequest("wrong"), 400, "invalid-request", "wrong"),
            Arguments.of(
                    new ServiceException.LimitExceeded("q", "texts", 1, 2),
                    400,
                    "invalid-request",
                    "Invalid request: request (2) exceeds text limit (1): texts of q"),
            Arguments.of(
                    ServiceException.RequestTooLarge.body(10, 11),
                    413,
                    "request-too-large",
                    "Request too large: body (11 bytes) exceeds limit (10 bytes)"),
            Arguments.of(new ServiceException.UnsupportedMediaType("odd"), 415, "unsupported-media-type", "odd"),
            Arguments.of(
                    new ServiceException.Overloaded(Duration.ofSeconds(3)),
                    429,
                    "overloaded",
                    "Slowdown: the queue is full, retry after 3 seconds"),
            Arguments.of(
                    new ServiceException.Internal(),
                    500,
                    "internal",
                    "Internal error: the translation failed, the server's log has the cause"),
            Arguments.of(new ServiceException.Unavailable("starting"), 503, "unavailable", "starting"),
            Arguments.of(
                    new ServiceException.DeadlinePassed(Duration.ofMillis(5)),
                    504,
                    "deadline-passed",
                    "Deadline passed: no translation within 5 milliseconds"),
            Arguments.of(
                    new IllegalStateException("secret"),
                    500,
                    "internal",
                    "Internal error: the server's log has the cause"),
            Arguments.of(
                    new MultipartException("secret"),
                    400,
                    "invalid-request",
                    "Invalid request: the multipart body cannot be read"),
            Arguments.of(
                    new MaxUploadSizeExceededException(7),
                    413,
                    "request-too-large",
                    "Request too large: body exceeds limit (2097152 bytes)"),
        };
    }

    @ParameterizedTest
    @MethodSource("faults")
    void answer_toEveryFault(Exception fault, int status, String type, String text) throws Exception {
        MockHttpServletResponse response = perform(fault, get("/fail").accept(MediaType.TEXT_HTML));
        JsonNode body = json(response);
        assertThat(response.getStatus()).isEqualTo(status);
        assertThat(response.getContentType()).isEqualTo("application/json");
        assertThat(body.get("status").intValue()).isEqualTo(status);
        assertThat(body.get("type").stringValue()).isEqualTo("urn:dragoman:problem:" + type);
        assertThat(body.get("title").stringValue()).isNotBlank();
        for (String member : new String[] {"detail", "message", "error"}) {
            assertThat(body.get(member).stringValue()).isEqualTo(text);
        }
    }

    @Test
    void answer_namesTheLimit() throws Exception {
        JsonNode body = json(perform(new ServiceException.LimitExceeded("q[1]", "characters", 5, 6), get("/fail")));
        assertThat(body.get("field").stringValue()).isEqualTo("q[1]");
        assertThat(body.get("limit").intValue()).isEqualTo(5);
        assertThat(body.get("value").intValue()).isEqualTo(6);
    }

    @Test
    void answer_withoutNulls() throws Exception {
        assertThat(json(perform(new ServiceException.Internal(), get("/fail"))).propertyNames())
                .containsExactlyInAnyOrder("type", "title", "status", "detail", "message", "error");
    }

    @ParameterizedTest
    @MethodSource("retried")
    void answer_saysWhenToComeBack(Exception fault, String seconds) throws Exception {
        assertThat(perform(fault, get("/fail")).getHeader("Retry-After")).isEqualTo(seconds);
    }

    static Object[] retried() {
        return new Object[] {
            Arguments.of(new ServiceException.Overloaded(Duration.ofSeconds(9)), "9"),
            Arguments.of(new ServiceException.Unavailable("starting"), "5")
        };
    }

    @Test
    void answer_aWrongMethod() throws Exception {
        MockHttpServletResponse response = perform(new IOException(), post("/fail"));
        assertThat(response.getStatus()).isEqualTo(405);
        assertThat(response.getHeader("Allow")).isEqualTo("GET");
        assertThat(json(response).get("error").stringValue()).isEqualTo("Method not allowed: use GET");
    }

    @Test
    void answer_anUnknownPath() throws Exception {
        MockHttpServletResponse response = perform(new IOException(), get("/my-secret"));
        assertThat(response.getStatus()).isEqualTo(404);
        assertThat(response.getContentAsString())
                .contains("Not found: the server has no such path")
                .doesNotContain("my-secret");
    }

    @Test
    void answer_whatSpringRefusesWithoutTheValueSent() throws Exception {
        MockHttpServletResponse response = perform(new IOException(), get("/number?number=my-secret"));
        assertThat(response.getStatus()).isEqualTo(400);
        assertThat(json(response).get("error").stringValue()).isEqualTo("Invalid request");
    }

    @Test
    void answer_nobody() throws Exception {
        assertThat(perform(new IOException("Broken pipe"), get("/fail")).getContentAsString())
                .isEmpty();
    }

    private MockHttpServletResponse perform(Exception fault, MockHttpServletRequestBuilder request) throws Exception {
        MockMvc mvc = standaloneSetup(new FailingController(() -> fault))
                .setControllerAdvice(TestErrorAdvice.create())
                .build();
        return mvc.perform(request).andReturn().getResponse();
    }

    private static JsonNode json(MockHttpServletResponse response) throws Exception {
        return new JsonMapper().readTree(response.getContentAsString());
    }
}
