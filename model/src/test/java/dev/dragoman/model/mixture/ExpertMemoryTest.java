package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpertMemoryTest {
    @AfterEach
    void clear() {
        System.clearProperty(ExpertMemory.PROPERTY);
    }

    @Test
    void configured_unset_isNoCacheOnTheProcessor() {
        assertThat(ExpertMemory.configured().limit(Device.cpu())).isEmpty();
    }

    @Test
    void configured_bytes_areTheLimitOnAnyDevice() {
        System.setProperty(ExpertMemory.PROPERTY, "8000000000");
        assertThat(ExpertMemory.configured().limit(Device.cpu())).hasValue(8_000_000_000L);
        assertThat(ExpertMemory.configured().limit(Device.gpu())).hasValue(8_000_000_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "2GB", "1e9", " 7", "99999999999999999999"})
    void configured_anythingElse_isNamed(String value) {
        System.setProperty(ExpertMemory.PROPERTY, value);
        assertThatIllegalArgumentException()
                .isThrownBy(ExpertMemory::configured)
                .withMessage("dragoman.expert-cache-bytes must be a number of bytes, at least 1, but is " + value);
    }

    @Test
    void ofBytes_lessThanOne_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ExpertMemory.ofBytes(0))
                .withMessage("cacheBytes must be at least 1, but is 0");
    }
}
