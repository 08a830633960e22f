package dev.dragoman.model.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ActivationMemoryTest {
    @AfterEach
    void clear() {
        System.clearProperty(ActivationMemory.PROPERTY);
    }

    @Test
    void configured_isAQuarterOfAGibibyte_unlessSet() {
        assertThat(ActivationMemory.configured().bytes()).isEqualTo(268_435_456);
        System.setProperty(ActivationMemory.PROPERTY, "0");
        assertThat(ActivationMemory.configured().bytes()).isZero();
    }

    @Test
    void configured_refusesWhatIsNoNumber() {
        System.setProperty(ActivationMemory.PROPERTY, "1GB");
        assertThatIllegalArgumentException()
                .isThrownBy(ActivationMemory::configured)
                .withMessageContainingAll("dragoman.expert-activation-bytes", "at least 0", "1GB");
    }

    @Test
    void holds_upToItsBytes() {
        ActivationMemory memory = new ActivationMemory(4000);
        assertThat(memory.holds(10, 100, 4)).isTrue();
        assertThat(memory.holds(11, 100, 4)).isFalse();
        assertThat(new ActivationMemory(0).holds(1, 1, 1)).isFalse();
    }
}
