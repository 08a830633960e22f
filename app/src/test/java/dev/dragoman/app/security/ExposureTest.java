package dev.dragoman.app.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExposureTest {
    @TempDir
    Path data;

    private static final InetAddress LOCAL = InetAddress.getLoopbackAddress();

    private static InetAddress address(String text) throws Exception {
        return InetAddress.getByName(text);
    }

    @Test
    void withoutKeys_thisMachineOnly() throws Exception {
        Exposure exposure = new Exposure(TestSecurity.keys(data), false);
        assertThat(exposure.of(null)).isEqualTo(LOCAL);
        assertThat(exposure.of(address("0.0.0.0"))).isEqualTo(LOCAL);
        assertThat(exposure.of(address("192.0.2.1"))).isEqualTo(LOCAL);
        assertThat(exposure.of(address("127.0.0.2"))).isEqualTo(address("127.0.0.2"));
        assertThat(exposure.of(address("::1"))).isEqualTo(address("::1"));
    }

    @Test
    void withoutKeysButOpen_asConfigured() throws Exception {
        Exposure exposure = new Exposure(TestSecurity.keys(data), true);
        assertThat(exposure.of(null)).isNull();
        assertThat(exposure.of(address("0.0.0.0"))).isEqualTo(address("0.0.0.0"));
    }

    @Test
    void withKeys_asConfigured() throws Exception {
        TestSecurity.createKey(data, "translate", null, null);
        Exposure exposure = new Exposure(TestSecurity.keys(data), false);
        assertThat(exposure.of(null)).isNull();
        assertThat(exposure.of(address("192.0.2.1"))).isEqualTo(address("192.0.2.1"));
    }
}
