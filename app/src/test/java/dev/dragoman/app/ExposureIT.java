package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.security.TestSecurity;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which addresses a server really listens on. */
class ExposureIT {
    private static InetAddress outside;

    @BeforeAll
    static void findAnAddressThatOthersReach() throws Exception {
        Optional<InetAddress> address = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(candidate -> candidate instanceof Inet4Address && !candidate.isLoopbackAddress())
                .findFirst();
        assumeTrue(address.isPresent(), "this machine has no address but its own");
        outside = address.get();
    }

    private static boolean accepts(InetAddress address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 2000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private static TestServer start(Path data, String... open) {
        String[] properties = new String[3 + open.length];
        properties[0] = "server.address=0.0.0.0";
        properties[1] = "management.server.address=0.0.0.0";
        properties[2] = "dragoman.data=" + data;
        System.arraycopy(open, 0, properties, 3, open.length);
        return TestServer.start(new FakeTranslator("v1", TestServer.EN_FR), properties);
    }

    @Test
    void withoutKeys_onThisMachineOnly() {
        try (TestServer server = start(TestSecurity.temporaryDirectory())) {
            assertThat(server.get("/health").status()).isEqualTo(200);
            assertThat(server.get("/actuator/health").status()).isEqualTo(200);
            assertThat(accepts(outside, server.port())).isFalse();
            assertThat(accepts(outside, server.managementPort())).isFalse();
        }
    }

    @Test
    void withoutKeysButOpen_everywhere() {
        try (TestServer server = start(TestSecurity.temporaryDirectory(), "dragoman.security.open=true")) {
            assertThat(accepts(outside, server.port())).isTrue();
            assertThat(accepts(outside, server.managementPort())).isTrue();
        }
    }

    @Test
    void withKeys_everywhere() {
        Path data = TestSecurity.temporaryDirectory();
        TestSecurity.createKey(data, "translate", null, null);
        try (TestServer server = start(data)) {
            assertThat(accepts(outside, server.port())).isTrue();
            assertThat(accepts(outside, server.managementPort())).isTrue();
        }
    }

    /** What nobody was given a key for is not open where nobody has one either. */
    @Test
    void withoutKeys_administrationIsClosed() {
        try (TestServer server = start(TestSecurity.temporaryDirectory())) {
            assertThat(server.get("/admin/keys").status()).isEqualTo(401);
        }
    }
}
