package dev.dragoman.app.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dragoman.app.http.Scope;
import dev.dragoman.app.models.TestModels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {
    @TempDir
    Path data;

    @Test
    void none_requireNothingAndLeaveNoFile() throws Exception {
        try (Keys keys = TestSecurity.keys(data)) {
            assertThat(keys.areRequired()).isFalse();
            assertThat(keys.find("dgm_0123456789AB_" + "x".repeat(43))).isEmpty();
            assertThat(keys.revoke("0123456789AB")).isFalse();
        }
        try (var files = Files.list(data)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void create_isKnownToOthersAndKeptAsAHash() throws Exception {
        String text = TestSecurity.createKey(data, "translate,admin", 60, 1_000_000L);
        try (Keys keys = TestSecurity.keys(data)) {
            assertThat(keys.areRequired()).isTrue();
            ApiKey key = keys.find(text).orElseThrow();
            assertThat(key.scopes()).containsExactlyInAnyOrder(Scope.TRANSLATE, Scope.ADMIN);
            assertThat(key.requestsPerMinute()).isEqualTo(60);
            assertThat(key.charactersPerMonth()).isEqualTo(1_000_000L);
            assertThat(keys.find(text.substring(0, text.length() - 1) + (text.endsWith("0") ? "1" : "0")))
                    .isEmpty();
        }
        String secret = text.substring(text.lastIndexOf('_') + 1);
        try (var files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                assertThat(content).doesNotContain(secret);
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
        }
    }

    /** A folder that the operator made may hold more than keys; only one that is made for them is closed to others. */
    @Test
    void create_leavesTheFolderThatWasThereAsItIs() throws Exception {
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
        TestSecurity.createKey(data, "translate", null, null);
        TestSecurity.createKey(data.resolve("new"), "translate", null, null);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("new"))))
                .isEqualTo("rwx------");
    }

    @Test
    void revoke_isForGoodAndOpensNothing() {
        String text = TestSecurity.createKey(data, "translate", null, null);
        String id = KeySecret.id(text).orElseThrow();
        try (Keys keys = TestSecurity.keys(data)) {
            assertThat(keys.revoke(id)).isTrue();
            assertThat(keys.revoke(id)).isFalse();
            assertThat(keys.find(text)).isEmpty();
            assertThat(keys.areRequired()).isTrue();
        }
        try (Keys keys = TestSecurity.keys(data)) {
            assertThat(keys.find(text)).isEmpty();
            assertThat(keys.areRequired()).isTrue();
        }
    }

    @Test
    void use_isKept() {
        String text = TestSecurity.createKey(data, "translate", null, 100L);
        try (Keys keys = TestSecurity.keys(data)) {
            keys.use(keys.find(text).orElseThrow()).reserve(keys.month(), 60);
        }
        try (Keys keys = TestSecurity.keys(data)) {
            KeyUse use = keys.use(keys.find(text).orElseThrow());
            assertThat(use.characters(keys.month())).isEqualTo(60);
            assertThat(use.reserve(keys.month(), 41)).isFalse();
            assertThat(use.reserve(keys.month(), 40)).isTrue();
        }
        try (Keys keys = TestSecurity.keys(data)) {
            assertThat(keys.list())
                    .singleElement()
                    .satisfies(listed -> assertThat(listed.characters()).isEqualTo(100));
        }
    }

    @Test
    void create_whatIsOutOfRange() {
        try (Keys keys = TestSecurity.keys(data)) {
            assertThatThrownBy(() -> keys.create(" ", Set.of(Scope.TRANSLATE), null, null))
                    .hasMessageStartingWith("name must be of 1 to 100");
            assertThatThrownBy(() -> keys.create("a", Set.of(), null, null)).hasMessageStartingWith("scopes");
            assertThatThrownBy(() -> keys.create("a", Set.of(Scope.JOBS), 0, null))
                    .hasMessage("requests per minute must be from 1 to 1000000, but are 0");
            assertThatThrownBy(() -> keys.create("a", Set.of(Scope.JOBS), null, -1L))
                    .hasMessage("characters per month must be from 1 to 1000000000000, but are -1");
            assertThat(keys.areRequired()).isFalse();
        }
    }

    @Test
    void start_withAFileThatAnotherProcessHasOpen() throws Exception {
        TestSecurity.createKey(data, "translate", null, null);
        // Another process it cannot be here: a file lock of this one, held outside of H2, says the same.
        try (var channel = java.nio.channels.FileChannel.open(
                        data.resolve("dragoman.mv.db"), java.nio.file.StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(() -> TestSecurity.keys(data))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessage("The database of keys, " + data.resolve("dragoman.mv.db")
                            + ", is locked by another process");
        }
        TestSecurity.keys(data).close();
    }

    @Test
    void start_withAFileThatIsNoDatabase() throws Exception {
        Files.writeString(data.resolve("dragoman.mv.db"), "no database".repeat(1000));
        assertThatThrownBy(() -> TestSecurity.keys(data))
                .isInstanceOf(DatabaseException.class)
                .hasMessageStartingWith(
                        "The database of keys, " + data.resolve("dragoman.mv.db") + ", cannot be used: ");
    }

    /** Creates keys until there is no room for more. */
    static final class UntilFull {
        public static void main(String[] arguments) {
            try (Keys keys = TestSecurity.keys(Path.of(arguments[0]))) {
                for (int i = 0; i < 200; i++) {
                    System.out.println(keys.create("test", Set.of(Scope.TRANSLATE), null, null)
                            .text());
                }
            } catch (DatabaseException full) {
                System.out.println(full.getMessage());
            }
        }
    }

    /** In a process whose files may hardly grow, which to H2 is a full disk: it says nothing of that by itself. */
    @Test
    void create_onAFullDiskFailsAndWhatWasCreatedIsThere() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"));
        TestSecurity.createKey(data, "translate", null, null);
        Path file = data.resolve("dragoman.mv.db");
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -f $1; shift; exec timeout -s KILL 100 \"$@\"",
                        "bash",
                        String.valueOf(Files.size(file) / 1024 + 8),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData",
                        "-cp",
                        System.getProperty("java.class.path"),
                        UntilFull.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(lines).last().isEqualTo("The database of keys, " + file + ", cannot be used: File too large");
        try (Keys keys = TestSecurity.keys(data)) {
            assertThat(lines.subList(0, lines.size() - 1))
                    .allSatisfy(text -> assertThat(keys.find(text)).isPresent());
            String text =
                    keys.create("after", Set.of(Scope.TRANSLATE), null, null).text();
            assertThat(keys.find(text)).isPresent();
        }
    }

    @Test
    void create_inAFolderThatCannotBeMade() throws Exception {
        Path file = Files.writeString(data.resolve("file"), "");
        assertThatThrownBy(() -> TestSecurity.createKey(file.resolve("below"), "translate", null, null))
                .isInstanceOf(DatabaseException.class)
                .hasMessageStartingWith("The folder " + file.resolve("below") + " for the keys cannot be written");
    }

    /** With a PostgreSQL that is told by DRAGOMAN_TEST_DATABASE, a JDBC address with its user; not run without. */
    @Test
    void postgresql_doesAllThat() throws Exception {
        String url = System.getenv("DRAGOMAN_TEST_DATABASE");
        assumeTrue(url != null);
        try (Connection connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("drop table if exists key_usage, api_key, flyway_schema_history");
        }
        Keys[] servers = {onPostgres(url), onPostgres(url)};
        String text = servers[0].create("a", Set.of(Scope.TRANSLATE), 5, 100L).text();
        assertThat(servers[1].areRequired()).isFalse();
        servers[1].close();
        servers[1] = onPostgres(url);
        for (Keys keys : servers) {
            assertThat(keys.use(keys.find(text).orElseThrow()).reserve(keys.month(), 40))
                    .isTrue();
            keys.close();
        }
        try (Keys keys = onPostgres(url)) {
            assertThat(keys.list())
                    .singleElement()
                    .satisfies(listed -> assertThat(listed.characters()).isEqualTo(80));
            assertThat(keys.revoke(KeySecret.id(text).orElseThrow())).isTrue();
            assertThat(keys.find(text)).isEmpty();
        }
    }

    private static Keys onPostgres(String url) {
        return new Keys(
                new Database(TestModels.properties(Map.of("dragoman.database.url", url)), Duration.ofMillis(300)),
                Clock.systemUTC(),
                TestSecurity.time());
    }
}
