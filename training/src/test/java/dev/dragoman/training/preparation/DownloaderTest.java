package dev.dragoman.training.preparation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DownloaderTest {
    private static final int SIZE = 300_000;

    @TempDir
    Path folder;

    private final byte[] content = new byte[SIZE];
    private final List<String> log = new ArrayList<>();
    private FileServer server;
    private Downloader downloader;

    @BeforeEach
    void start() throws IOException {
        new Random(7).nextBytes(content);
        server = new FileServer().put("/corpus/a.tgz", content);
        downloader = new Downloader(
                new Downloader.Patience(3, Duration.ofMillis(2), Duration.ofMillis(20), Duration.ofMillis(500)),
                log::add);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private Preparation.Download download(Long bytes, String sha256) {
        return new Preparation.Download("a", server.url("/corpus/a.tgz"), bytes, sha256);
    }

    private Preparation.Download right() {
        return download((long) SIZE, sha256(content));
    }

    private void assertThatItIsThere(Path file) throws IOException {
        assertThat(file).isEqualTo(folder.resolve("a.tgz")).hasBinaryContent(content);
        assertThat(folder.resolve("a.tgz.part")).doesNotExist();
    }

    @Test
    void fetch_wholeFile_onceOnly() throws Exception {
        assertThatItIsThere(downloader.fetch(right(), folder));
        assertThatItIsThere(downloader.fetch(right(), folder));
        assertThat(server.requests()).containsExactly("/corpus/a.tgz all");
    }

    @Test
    void fetch_brokenConnections_goesOnWhereItBroke() throws Exception {
        server.fail(FileServer.breakAfter(100_000), FileServer.breakAfter(50_000));
        assertThatItIsThere(downloader.fetch(right(), folder));
        assertThat(server.requests())
                .containsExactly("/corpus/a.tgz all", "/corpus/a.tgz bytes=100000-", "/corpus/a.tgz bytes=150000-");
    }

    /** Attempts that bring something do not count: more breaks than attempts. */
    @Test
    void fetch_manyBreaks_endsNevertheless() throws Exception {
        for (int i = 0; i < 9; i++) {
            server.fail(FileServer.breakAfter(30_000));
        }
        assertThatItIsThere(downloader.fetch(right(), folder));
        assertThat(server.requests()).hasSize(10);
    }

    @Test
    void fetch_partOfAnEarlierRun_isGoneOnWith() throws Exception {
        Files.write(folder.resolve("a.tgz.part"), Arrays.copyOf(content, 1234));
        assertThatItIsThere(downloader.fetch(right(), folder));
        assertThat(server.requests()).containsExactly("/corpus/a.tgz bytes=1234-");
    }

    @Test
    void fetch_partThatIsWhole_isOnlyVerified() throws Exception {
        Files.write(folder.resolve("a.tgz.part"), content);
        assertThatItIsThere(downloader.fetch(right(), folder));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void fetch_serverWithoutRanges_beginsAnew() throws Exception {
        server.ranges(false);
        server.fail(FileServer.breakAfter(100_000));
        assertThatItIsThere(downloader.fetch(right(), folder));
        assertThat(server.requests()).containsExactly("/corpus/a.tgz all", "/corpus/a.tgz bytes=100000-");
    }

    @Test
    void fetch_silence_isABrokenConnection() throws Exception {
        server.fail(FileServer.silentAfter(100_000));
        assertThatItIsThere(downloader.fetch(right(), folder));
        assertThat(server.requests()).hasSize(2);
        assertThat(log).anyMatch(line -> line.contains("nothing came for 0 s; trying again"));
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void fetch_transientStatus_isTriedAgain(int status) throws Exception {
        server.fail(FileServer.status(status), FileServer.status(status));
        assertThatItIsThere(downloader.fetch(right(), folder));
        assertThat(log).contains("a: HTTP status " + status + "; trying again in 0 s");
    }

    @Test
    void fetch_retryAfter_isHeeded() throws Exception {
        server.fail((exchange, all, from) -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            exchange.sendResponseHeaders(503, -1);
        });
        Downloader patient = new Downloader(
                new Downloader.Patience(2, Duration.ZERO, Duration.ofMillis(300), Duration.ofSeconds(5)), log::add);
        long begin = System.nanoTime();
        assertThatItIsThere(patient.fetch(right(), folder));
        assertThat(System.nanoTime() - begin)
                .isGreaterThan(Duration.ofMillis(300).toNanos());
    }

    @Test
    void fetch_transientStatusForEver_isGivenUp() {
        server.fail(FileServer.status(503), FileServer.status(503), FileServer.status(503));
        assertThatThrownBy(() -> downloader.fetch(right(), folder))
                .isInstanceOf(DownloadException.class)
                .hasMessage(server.url("/corpus/a.tgz")
                        + ": HTTP status 503; given up after 3 attempts that brought nothing");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 410})
    void fetch_otherStatus_isAnErrorAtOnce(int status) {
        server.fail(FileServer.status(status));
        assertThatThrownBy(() -> downloader.fetch(right(), folder))
                .isInstanceOf(DownloadException.class)
                .hasMessage(server.url("/corpus/a.tgz") + ": HTTP status " + status);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void fetch_nobodyListens_isGivenUp() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Preparation.Download nowhere = new Preparation.Download("a", "http://127.0.0.1:" + port + "/a.tgz", null, null);
        assertThatThrownBy(() -> downloader.fetch(nowhere, folder))
                .isInstanceOf(DownloadException.class)
                .hasMessageContaining("127.0.0.1:" + port + "/a.tgz: ")
                .hasMessageContaining("given up after 3 attempts");
    }

    @Test
    void fetch_wrongChecksum_isNamedAndNothingIsKept() {
        String wrong = "0".repeat(64);
        assertThatThrownBy(() -> downloader.fetch(download((long) SIZE, wrong), folder))
                .isInstanceOf(DownloadException.class)
                .hasMessage(server.url("/corpus/a.tgz") + ": has the SHA-256 " + sha256(content)
                        + ", but the recipe says " + wrong);
        assertThat(folder).isEmptyDirectory();
    }

    /** The part may be of another version of the file, or damaged. */
    @Test
    void fetch_wrongPartOfAnEarlierRun_isFetchedAgain() throws Exception {
        Files.write(folder.resolve("a.tgz.part"), new byte[1000]);
        assertThatItIsThere(downloader.fetch(right(), folder));
        assertThat(server.requests()).containsExactly("/corpus/a.tgz bytes=1000-", "/corpus/a.tgz all");
    }

    @Test
    void fetch_partThatIsTooLong_isFetchedAgain() throws Exception {
        Files.write(folder.resolve("a.tgz.part"), new byte[SIZE + 1]);
        assertThatItIsThere(downloader.fetch(right(), folder));
        Files.delete(folder.resolve("a.tgz"));
        Files.write(folder.resolve("a.tgz.part"), new byte[SIZE + 1]);
        // Without a size in the recipe it is the server that says so.
        assertThatItIsThere(downloader.fetch(download(null, sha256(content)), folder));
    }

    @Test
    void fetch_wrongSize_isNamedBeforeAnythingIsFetched() {
        assertThatThrownBy(() -> downloader.fetch(download(5L, null), folder))
                .isInstanceOf(DownloadException.class)
                .hasMessage(server.url("/corpus/a.tgz") + ": has " + SIZE + " bytes, but the recipe says 5");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void fetch_withoutChecksum_warnsAndRecordsIt() throws Exception {
        assertThatItIsThere(downloader.fetch(download(null, null), folder));
        assertThat(log).contains("warning: the recipe has no sha256 of a; it came with " + sha256(content));
        assertThat(folder.resolve("a.tgz.json")).content().contains(sha256(content));
    }

    @Test
    void fetch_fileThatWasPutThereByHand_isVerified() throws Exception {
        Files.write(folder.resolve("a.tgz"), content);
        assertThatItIsThere(downloader.fetch(right(), folder));
        assertThat(server.requests()).isEmpty();
        Files.write(folder.resolve("a.tgz"), new byte[SIZE + 2]);
        assertThatThrownBy(() -> downloader.fetch(right(), folder))
                .isInstanceOf(DownloadException.class)
                .hasMessage(folder.resolve("a.tgz") + ": has " + (SIZE + 2) + " bytes, but the recipe says " + SIZE);
    }

    @Test
    void fetch_diskIsFull_namesTheFile() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full));
        Path part = Files.createSymbolicLink(folder.resolve("a.tgz.part"), full);
        assertThatThrownBy(() -> downloader.fetch(right(), folder))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(part + ": ");
    }
}
