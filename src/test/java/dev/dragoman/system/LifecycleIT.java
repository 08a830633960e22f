package dev.dragoman.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.system.ServerProcess.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server from its start to its end. */
class LifecycleIT {
    /** The aim is 6 seconds on an idle machine of two cores; builds share theirs, and the first start of all unpacks the engine. */
    private static final Duration SLOWEST_START = Duration.ofSeconds(60);

    /** Ended by SIGTERM, as shells report it. */
    private static final int TERMINATED = 128 + 15;

    @TempDir
    private Path home;

    @Test
    void start_translatesWithinSeconds() {
        long begin = System.nanoTime();
        try (ServerProcess server = ServerProcess.start()) {
            assertThat(server.translate("{\"q\":\"Hello.\",\"source\":\"en\",\"target\":\"fr\"}")
                            .status())
                    .isEqualTo(200);
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);
            System.out.printf("From start to first translation: %.1f s%n", taken.toMillis() / 1000.0);
            assertThat(taken).isLessThan(SLOWEST_START);
            assertThat(server.get("/readyz").status()).isEqualTo(200);
        }
    }

    @Test
    void start_isQuietButForOneLine() {
        try (ServerProcess server = ServerProcess.start()) {
            assertThat(server.output()
                            .lines()
                            .filter(line ->
                                    line.contains("Dragoman") || line.contains("WARN") || line.contains("ERROR")))
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("en-fr", "en-de", "this machine only", "ready after");
        }
    }

    @Test
    void start_withoutAModel() {
        ServerProcess server = ServerProcess.launch(home);
        assertThat(server.exitStatus()).isEqualTo(1);
        assertThat(server.output())
                .contains("The model directory " + home.resolve("pretrained") + " does not exist")
                .doesNotContain("\tat ");
    }

    @Test
    void start_withABrokenModel() throws Exception {
        Path model = Files.createDirectory(home.resolve("pretrained"));
        Files.writeString(model.resolve("config.json"), "{}");
        ServerProcess server = ServerProcess.launch(home);
        assertThat(server.exitStatus()).isEqualTo(1);
        assertThat(server.output()).contains(model.toString()).doesNotContain("\tat ");
    }

    @Test
    void start_withAnImpossibleProperty() {
        ServerProcess server = ServerProcess.launch(home, "dragoman.limits.texts=0");
        assertThat(server.exitStatus()).isEqualTo(1);
        assertThat(server.output())
                .contains("dragoman.limits.texts must be from 1 to 100000, but is 0")
                .doesNotContain("\tat ");
    }

    @Test
    void stop_finishesTheRequestUnderWay() throws Exception {
        String text = IntStream.range(0, 200)
                .mapToObj(i -> "Step " + i + " opens the file of user number " + (i * 7) + ".")
                .collect(Collectors.joining(" "));
        ServerProcess server = ServerProcess.start();
        CompletableFuture<Answer> underWay =
                server.translateAsync("{\"q\":\"" + text + "\",\"source\":\"en\",\"target\":\"fr\"}");
        while (waitingTokens(server) == 0 && !underWay.isDone()) {
            Thread.onSpinWait();
        }
        assertThat(underWay).isNotDone();
        server.terminate();
        Answer answer = underWay.join();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.translatedText()).isNotBlank();
        assertThat(server.exitStatus()).isEqualTo(TERMINATED);
        assertThat(server.output()).contains("Graceful shutdown complete").doesNotContain("ERROR");
    }

    private static double waitingTokens(ServerProcess server) {
        return server.get("/actuator/metrics/translation.queue.tokens")
                .json()
                .at("/measurements/0/value")
                .asDouble();
    }
}
