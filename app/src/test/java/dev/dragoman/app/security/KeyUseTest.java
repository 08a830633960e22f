package dev.dragoman.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTicker;
import dev.dragoman.app.http.Scope;
import dev.dragoman.app.security.KeyRepository.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyUseTest {
    private final FakeTicker ticker = new FakeTicker();

    private KeyUse use(Integer perMinute, Long perMonth) {
        return new KeyUse(
                new ApiKey(
                        "id",
                        "name",
                        "0".repeat(64),
                        Set.of(Scope.TRANSLATE),
                        perMinute,
                        perMonth,
                        Instant.EPOCH,
                        null),
                SecurityConfiguration.timeOf(ticker));
    }

    @Test
    void request_upToTheRateThenOneWhenTheBucketHasOne() {
        KeyUse use = use(3, null);
        for (int i = 0; i < 3; i++) {
            assertThat(use.request("2026-11")).isZero();
        }
        assertThat(use.request("2026-11")).isBetween(Duration.ofSeconds(19), Duration.ofSeconds(20));
        ticker.advance(Duration.ofSeconds(20));
        assertThat(use.request("2026-11")).isZero();
        assertThat(use.request("2026-11")).isPositive();
        assertThat(use.pending()).containsOnly(Map.entry("2026-11", new Usage(4, 0)));
    }

    @Test
    void request_withoutARateAlways() {
        KeyUse use = use(null, null);
        for (int i = 0; i < 10_000; i++) {
            assertThat(use.request("2026-11")).isZero();
        }
    }

    @Test
    void reserve_upToTheQuotaOfEachMonth() {
        KeyUse use = use(null, 10L);
        assertThat(use.reserve("2026-11", 7)).isTrue();
        assertThat(use.reserve("2026-11", 4)).isFalse();
        assertThat(use.reserve("2026-11", 3)).isTrue();
        assertThat(use.characters("2026-11")).isEqualTo(10);
        assertThat(use.reserve("2026-12", 10)).isTrue();
    }

    @Test
    void refund_givesBack() {
        KeyUse use = use(null, 10L);
        assertThat(use.reserve("2026-11", 10)).isTrue();
        use.refund("2026-11", 10);
        assertThat(use.reserve("2026-11", 10)).isTrue();
    }

    @Test
    void settle_countsNothingTwiceAndWhatOthersUsed() {
        KeyUse use = use(null, 100L);
        use.reserve("2026-11", 30);
        Map<String, Usage> written = use.pending();
        use.reserve("2026-11", 5);
        // 20 more were used at another server.
        use.settle(written, "2026-11", new Usage(0, 50));
        assertThat(use.characters("2026-11")).isEqualTo(55);
        assertThat(use.pending()).containsOnly(Map.entry("2026-11", new Usage(0, 5)));
        assertThat(use.reserve("2026-11", 46)).isFalse();
        assertThat(use.reserve("2026-11", 45)).isTrue();
    }
}
