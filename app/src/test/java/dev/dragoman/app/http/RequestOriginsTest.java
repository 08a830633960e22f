package dev.dragoman.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.sentences.Lane;
import dev.dragoman.app.translation.OriginParts;
import dev.dragoman.app.translation.RequestOrigin;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class RequestOriginsTest {
    private static final Duration MOST = Duration.ofMinutes(1);

    private final MockHttpServletRequest request = new MockHttpServletRequest();

    @Test
    void of_nothingSaid() {
        RequestOrigin origin = origin();
        assertThat(OriginParts.lane(origin)).isEqualTo(Lane.INTERACTIVE);
        assertThat(OriginParts.timeout(origin, MOST)).isEqualTo(MOST);
        assertThat(OriginParts.client(origin)).isEqualTo(request.getRemoteAddr());
    }

    @Test
    void client_whoeverIsKnown() {
        request.setAttribute(RequestOrigins.CLIENT_ATTRIBUTE, "key 7");
        assertThat(OriginParts.client(origin())).isEqualTo("key 7");
    }

    @ParameterizedTest
    @CsvSource({"1500, 1500", "1500ms, 1500", "2s, 2000", " 2S , 2000", "600000, 60000"})
    void timeout_inMillisecondsOrWithAUnit(String value, long milliseconds) {
        request.addHeader(RequestOrigins.TIMEOUT_HEADER, value);
        assertThat(OriginParts.timeout(origin(), MOST)).isEqualTo(Duration.ofMillis(milliseconds));
    }

    @Test
    void timeout_asEnvoyTellsIt() {
        request.addHeader(RequestOrigins.ENVOY_TIMEOUT_HEADER, "700");
        assertThat(OriginParts.timeout(origin(), MOST)).isEqualTo(Duration.ofMillis(700));
        request.addHeader(RequestOrigins.TIMEOUT_HEADER, "300");
        assertThat(OriginParts.timeout(origin(), MOST)).isEqualTo(Duration.ofMillis(300));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "soon", "", "1.5s", "1m", "12345678901234567890"})
    void timeout_unreadable(String value) {
        request.addHeader(RequestOrigins.TIMEOUT_HEADER, value);
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(this::origin)
                .withMessage("Invalid request: the header X-Request-Timeout must be a number of milliseconds above 0,"
                        + " or one with the unit ms or s");
    }

    @ParameterizedTest
    @CsvSource({
        "'u=7', BATCH",
        "'u=5, i', BATCH",
        "'i, u=6', BATCH",
        "'u=4', INTERACTIVE",
        "'u=0;x', INTERACTIVE",
        "'i', INTERACTIVE",
        "'u=9', INTERACTIVE",
        "'menu=7', INTERACTIVE",
    })
    void lane_byUrgency(String priority, Lane lane) {
        request.addHeader(RequestOrigins.PRIORITY_HEADER, priority);
        assertThat(OriginParts.lane(origin())).isEqualTo(lane);
    }

    private RequestOrigin origin() {
        return TestHttp.origins().of(request, Lane.INTERACTIVE);
    }
}
