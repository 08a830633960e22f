package dev.dragoman.app.errors;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ServiceExceptionTest {
    @Test
    void limitExceeded_namesFieldLimitAndValue() {
        ServiceException.LimitExceeded fault = new ServiceException.LimitExceeded("q[3]", "characters", 100, 120);
        assertThat(fault).hasMessage("Invalid request: request (120) exceeds text limit (100): characters of q[3]");
        assertThat(fault.excess()).isEqualTo(new Excess("q[3]", 100, 120L));
    }

    @Test
    void overloaded_saysWhenToComeBack() {
        assertThat(new ServiceException.Overloaded(Duration.ofSeconds(7)))
                .hasMessage("Slowdown: the queue is full, retry after 7 seconds");
    }

    @Test
    void stackTrace_isNotTaken() {
        assertThat(new ServiceException.Internal().getStackTrace()).isEmpty();
    }

    @Test
    void type_isStable() {
        assertThat(Problem.REQUEST_TOO_LARGE.type()).isEqualTo("urn:dragoman:problem:request-too-large");
        assertThat(Arrays.stream(Problem.values()).map(Problem::type)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RATE_EXCEEDED")
    void ofStatus_findsEachByItsStatus(Problem problem) {
        assertThat(Problem.ofStatus(problem.status())).isEqualTo(problem);
    }

    @ParameterizedTest
    @CsvSource({"429, OVERLOADED", "406, INVALID_REQUEST", "431, INVALID_REQUEST", "500, INTERNAL", "507, INTERNAL"})
    void ofStatus_fallsBack(int status, Problem problem) {
        assertThat(Problem.ofStatus(status)).isEqualTo(problem);
    }
}
