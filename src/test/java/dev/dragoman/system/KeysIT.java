package dev.dragoman.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys of the packaged server: the command, and a start with what it leaves behind. */
class KeysIT {
    @TempDir
    Path data;

    private String keys(int status, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Repository.serverJar().toString(),
                "keys"));
        command.addAll(List.of(arguments));
        command.add("--dragoman.data=" + data);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }

    private static String request(String key) {
        return "{\"q\":\"Open the file.\",\"source\":\"en\",\"target\":\"fr\",\"api_key\":\"" + key + "\"}";
    }

    @Test
    void created_isAskedForAndRevoked() throws Exception {
        // Nothing else is written, so that a script can take it.
        String key = keys(0, "create", "--name", "script").strip();
        assertThat(key).matches("dgm_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}");
        try (ServerProcess server = ServerProcess.start("dragoman.data=" + data)) {
            assertThat(server.translate(request(key)).status()).isEqualTo(200);
            assertThat(server.translate(request("wrong")).status()).isEqualTo(403);
            keys(0, "revoke", key.substring(0, 16));
            for (int i = 0; i < 100 && server.translate(request(key)).status() == 200; i++) {
                Thread.sleep(200);
            }
            assertThat(server.translate(request(key)).status()).isEqualTo(403);
            assertThat(server.output()).doesNotContain(key);
        }
        assertThat(keys(0, "list")).contains(key.substring(0, 16)).doesNotContain(key);
    }

    @Test
    void start_withADatabaseThatIsNone() throws Exception {
        Files.writeString(data.resolve("dragoman.mv.db"), "no database".repeat(1000));
        ServerProcess server = ServerProcess.launch(Repository.defaultModel().getParent(), "dragoman.data=" + data);
        assertThat(server.exitStatus()).isEqualTo(1);
        assertThat(server.output())
                .contains(
                        "The database of keys, " + data.resolve("dragoman.mv.db") + ", cannot be used",
                        "put the file back from a copy")
                .doesNotContain("\tat ");
    }
}
