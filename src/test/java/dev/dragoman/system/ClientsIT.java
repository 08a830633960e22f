package dev.dragoman.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Clients from PyPI and npm, unmodified, against the packaged server with the default model; see {@code src/test/clients}. */
@Tag("clients")
class ClientsIT {
    @Test
    void clients_workUnmodified() throws Exception {
        try (ServerProcess server = ServerProcess.start()) {
            Process process = new ProcessBuilder(
                            "bash",
                            Repository.root().resolve("src/test/clients/run.sh").toString(),
                            "http://" + server.uri("/").getAuthority(),
                            Repository.root().resolve("src/test/target/clients").toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
            assertThat(output)
                    .contains("ok libretranslatepy: lists languages")
                    .contains("ok deep-translator: translates a batch")
                    .contains("ok deepl-python: lists glossaries")
                    .contains("ok translate: reads errors")
                    .contains("ok deepl-node: reads errors");
        }
    }
}
