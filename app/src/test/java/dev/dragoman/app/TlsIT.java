package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS by Spring's bundles, with a certificate that is exchanged while the server runs. */
class TlsIT {
    @TempDir
    Path folder;

    private Path keyStore(String name) throws Exception {
        Path file = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=ip:127.0.0.1,dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes());
        assertThat(keytool.waitFor()).as(output).isZero();
        return file;
    }

    private static SSLContext trusting(Path... stores) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (Path store : stores) {
            KeyStore one = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
            trusted.setCertificateEntry(store.getFileName().toString(), one.getCertificate("server"));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static String presented(SSLContext context, int port) throws Exception {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        }
    }

    @Test
    void certificate_isReloaded() throws Exception {
        Path first = keyStore("first");
        Path second = keyStore("second");
        Path used = Files.copy(first, folder.resolve("used.p12"));
        try (TestServer server = TestServer.start(
                new FakeTranslator("v1", TestServer.EN_FR),
                "server.ssl.bundle=web",
                "spring.ssl.bundle.jks.web.keystore.location=file:" + used,
                "spring.ssl.bundle.jks.web.keystore.password=changeit",
                "spring.ssl.bundle.jks.web.reload-on-update=true",
                "spring.ssl.bundle.watch.file.quiet-period=200ms")) {
            SSLContext context = trusting(first, second);
            assertThat(presented(context, server.port())).isEqualTo("CN=first");
            assertThat(server.sendRaw("GET /health HTTP/1.1\r\nHost: a\r\n\r\n".getBytes()))
                    .as("no plain HTTP on that port")
                    .doesNotContain("200");

            Files.copy(second, used, StandardCopyOption.REPLACE_EXISTING);
            for (int i = 0; i < 100 && !presented(context, server.port()).equals("CN=second"); i++) {
                Thread.sleep(200);
            }
            assertThat(presented(context, server.port())).isEqualTo("CN=second");
        }
    }
}
