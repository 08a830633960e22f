package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StopOnExitTest {
    /** Only a JVM that is told to end can show it. */
    @Test
    void open_termWaitsForTheTask() throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Task.class.getName())
                .redirectErrorStream(true)
                .start();
        assertThat(process.getInputStream().read()).isEqualTo('r');
        // Not process.destroy(), which also closes the stream that is read next.
        process.toHandle().destroy();
        String rest = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(rest).isEqualTo("unning, asked to stop, stopped");
    }

    @Test
    void close_withoutASignal() {
        try (StopOnExit stopOnExit = StopOnExit.open()) {
            stopOnExit.with(() -> {
                throw new AssertionError("nobody asked to stop");
            });
        }
    }

    /** Runs until it is asked to stop, and takes its time to do so. */
    static final class Task {
        private Task() {}

        public static void main(String[] arguments) throws InterruptedException {
            CountDownLatch asked = new CountDownLatch(1);
            try (StopOnExit stopOnExit = StopOnExit.open()) {
                stopOnExit.with(() -> {
                    System.out.print("asked to stop, ");
                    asked.countDown();
                });
                System.out.print("running, ");
                System.out.flush();
                asked.await();
                Thread.sleep(200);
                System.out.print("stopped");
                System.out.flush();
            }
        }
    }
}
