package dev.dragoman.app.system;

import java.time.Duration;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The first step of a graceful end: nobody is let in any more, and whoever is in already is heard out.
 *
 * <p>Spring Boot's own step waits for requests that have begun and drops all other connections at once, among them those on which a request
 * has been sent and not been read yet: on a busy server dozens. So the port is closed here first, and for a moment what was accepted before is
 * still read; what has begun by then, that step waits for. Once the port is closed every answer ends its connection.
 */
@Component
final class ConnectionDrain implements SmartLifecycle {
    /** Long enough to read a request that has been sent, also on a busy machine. */
    private static final Duration MOMENT = Duration.ofSeconds(1);

    private final ApplicationContext context;
    private volatile boolean running;

    ConnectionDrain(ApplicationContext context) {
        this.context = context;
    }

    @Override
    public int getPhase() {
        // The later phase stops first.
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void stop() {
        running = false;
        if (context instanceof WebServerApplicationContext server
                && server.getWebServer() instanceof TomcatWebServer tomcat) {
            drain(tomcat.getTomcat().getConnector());
        }
    }

    private static void drain(Connector connector) {
        if (!(connector.getProtocolHandler() instanceof AbstractProtocol<?> protocol)) {
            return;
        }
        // Not counted any more once the port is closed.
        boolean isAnybodyIn = protocol.getConnectionCount() > 0;
        protocol.closeServerSocketGraceful();
        if (isAnybodyIn) {
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(MOMENT.toMillis());
        } catch (InterruptedException impatient) {
            // Whoever ends the process by force does not wait for others.
            Thread.currentThread().interrupt();
        }
    }
}
