package dev.dragoman.app.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.sentences.Lane;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenRequestsTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private long now;

    private OpenRequests requests(int most) {
        return new OpenRequests(most, () -> now, meters);
    }

    private static RequestOrigin origin() {
        return new RequestOrigin(Lane.INTERACTIVE, "client", null);
    }

    @Test
    void enter_refusesOneMore_andLetsItInOnceAnotherHasEnded() {
        OpenRequests requests = requests(2);
        RequestOrigin first = origin();
        requests.enter(first);
        requests.enter(origin());

        assertThatThrownBy(() -> requests.enter(origin())).isInstanceOf(ServiceException.Overloaded.class);
        assertThat(meters.counter("translation.rejections", "model", "all", "reason", "too-many-requests")
                        .count())
                .isEqualTo(1);

        first.end();
        first.end();
        requests.enter(origin());
        assertThatThrownBy(() -> requests.enter(origin())).isInstanceOf(ServiceException.Overloaded.class);
    }

    /** Of 100 requests a second 50 come, and 50 more: room is there in half a second, told as one; of two a second, in 25. */
    @Test
    void enter_tellsWhenThereIsRoom_byHowFastRequestsEnd() {
        assertThat(retryAfter(Duration.ofMillis(10))).isEqualTo(Duration.ofSeconds(1));
        assertThat(retryAfter(Duration.ofMillis(500))).isBetween(Duration.ofSeconds(22), Duration.ofSeconds(28));
    }

    @Test
    void enter_withoutAnyThatEnded_tellsTheLongestTime() {
        OpenRequests requests = requests(1);
        requests.enter(origin());

        assertThatThrownBy(() -> requests.enter(origin()))
                .asInstanceOf(type(ServiceException.Overloaded.class))
                .extracting(ServiceException.Overloaded::retryAfter)
                .isEqualTo(Duration.ofSeconds(60));
    }

    private Duration retryAfter(Duration each) {
        OpenRequests requests = requests(50);
        for (int i = 0; i < 3000; i++) {
            RequestOrigin origin = origin();
            requests.enter(origin);
            now += each.toNanos();
            origin.end();
        }
        List<RequestOrigin> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(origin());
            requests.enter(waiting.get(i));
        }
        try {
            requests.enter(origin());
        } catch (ServiceException.Overloaded refused) {
            return refused.retryAfter();
        }
        throw new AssertionError("let in");
    }

    /** 200 KB each in half of the heap. */
    @Test
    void room_isHalfOfTheHeap() {
        assertThat(OpenRequests.room(1L << 30, 64 << 10)).isEqualTo(2097);
        assertThat(OpenRequests.room(1L << 29, 64 << 10)).isEqualTo(1048);
        assertThat(OpenRequests.room(1L << 30, 864 << 10)).isEqualTo(419);
        assertThat(OpenRequests.room(1, 1)).isEqualTo(1);
    }
}
