package dev.dragoman.app;

import dev.dragoman.app.security.KeysCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;

/**
 * The server.
 *
 * <p>Without Boot's error pages, since {@code dev.dragoman.app.system} answers every error itself, and without its executors, since
 * models bring their own workers.
 */
@SpringBootApplication(
        exclude = {
            ErrorMvcAutoConfiguration.class,
            TaskExecutionAutoConfiguration.class,
            TaskSchedulingAutoConfiguration.class
        })
@ConfigurationPropertiesScan
public class DragomanApplication {
    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("keys")) {
            System.exit(KeysCommand.run(
                    Arrays.copyOfRange(arguments, 1, arguments.length),
                    new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                    new PrintWriter(System.err, true, StandardCharsets.UTF_8)));
        }
        prepareEngine();
        SpringApplication.run(DragomanApplication.class, arguments);
    }

    /**
     * Settings that the tensor engine reads when it is loaded.
     *
     * <p>It reports its use to its makers and downloads what it misses unless told otherwise. One thread per operation, since a batch is
     * decoded in many small operations: a second thread waits more than it works, on a busy machine fifty times as much, while a
     * second worker ({@code dragoman.batch.workers}) instead of it gave 1.3 to 1.6 times the throughput (benchmark/ServerBaseline.java,
     * 32 clients, two cores).
     */
    private static void prepareEngine() {
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        setUnlessSet("ai.djl.pytorch.num_threads", "1");
        setUnlessSet("ai.djl.pytorch.num_interop_threads", "1");
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
