package dev.dragoman.app.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.web.server.Ssl;

class StartupLogTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 'http://127.0.0.1:8080 (this machine only, see server.address)'",
        "::1, 'http://[0:0:0:0:0:0:0:1]:8080 (this machine only, see server.address)'",
        "192.0.2.7, http://192.0.2.7:8080",
        "0.0.0.0, port 8080 of every network interface (server.address)",
        "::, port 8080 of every network interface (server.address)",
    })
    void address_saysWhoCanReachIt(String address, String text) throws UnknownHostException {
        assertThat(StartupLog.address(null, InetAddress.getByName(address), 8080))
                .isEqualTo(text);
    }

    @Test
    void address_withTls() {
        assertThat(StartupLog.address(Ssl.forBundle("web"), InetAddress.getLoopbackAddress(), 8443))
                .startsWith("https://127.0.0.1:8443");
    }

    @Test
    void address_unset() {
        assertThat(StartupLog.address(null, null, 8080))
                .isEqualTo("port 8080 of every network interface (server.address)");
    }
}
