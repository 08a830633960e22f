package dev.dragoman.app;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server of this machine whether it is ready, for images without a shell or curl: {@code HEALTHCHECK} of
 * {@code docker/Dockerfile}.
 *
 * <p>It takes the port from {@code SERVER_PORT} like the server itself, loads nothing but the JDK's own classes, and ends with status 0 if
 * {@code /readyz} answers 200, else with 1 and the reason on standard error.
 */
public final class HealthCheck {
    private static final int DEFAULT_PORT = 8080;

    /** Shorter than the image allows the check as a whole. */
    private static final int MILLISECONDS = 5_000;

    private HealthCheck() {}

    public static void main(String[] arguments) {
        String problem = problem(port(System.getenv("SERVER_PORT")));
        if (!problem.isEmpty()) {
            System.err.println(problem);
            System.exit(1);
        }
    }

    /** @param environment the value of {@code SERVER_PORT}; null where it is not set */
    static int port(@Nullable String environment) {
        return environment == null || environment.isBlank() ? DEFAULT_PORT : Integer.parseInt(environment.strip());
    }

    /** Why the server at {@code port} of this machine is not ready; empty if it is. */
    static String problem(int port) {
        try {
            URL readiness = URI.create("http://127.0.0.1:" + port + "/readyz").toURL();
            HttpURLConnection connection = (HttpURLConnection) readiness.openConnection();
            connection.setConnectTimeout(MILLISECONDS);
            connection.setReadTimeout(MILLISECONDS);
            try {
                int status = connection.getResponseCode();
                return status == HttpURLConnection.HTTP_OK ? "" : readiness + " answers " + status;
            } finally {
                connection.disconnect();
            }
        } catch (IOException unreachable) {
            return "127.0.0.1:" + port + " does not answer: " + unreachable.getMessage();
        }
    }
}
