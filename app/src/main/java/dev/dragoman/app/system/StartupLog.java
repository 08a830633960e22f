package dev.dragoman.app.system;

import dev.dragoman.app.models.Models;
import dev.dragoman.app.security.Exposure;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementServerProperties;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Says in one line what is served where, once it is. */
@Component
class StartupLog {
    private static final Logger log = LoggerFactory.getLogger(StartupLog.class);

    private final Models models;
    private final ServerProperties server;
    private final ManagementServerProperties management;
    private final Exposure exposure;
    private final @Nullable BuildProperties build;

    StartupLog(
            Models models,
            ServerProperties server,
            ManagementServerProperties management,
            Exposure exposure,
            ObjectProvider<BuildProperties> build) {
        this.models = models;
        this.server = server;
        this.management = management;
        this.exposure = exposure;
        this.build = build.getIfAvailable();
    }

    @EventListener
    void ready(ApplicationReadyEvent event) {
        WebServerApplicationContext context = (WebServerApplicationContext) event.getApplicationContext();
        int port = Objects.requireNonNull(context.getWebServer()).getPort();
        if (port < 0) {
            // Told to stop before it was ready.
            return;
        }
        log.info(
                "Dragoman {} serves {} at {}{}, ready after {} s",
                build == null ? "(unpackaged)" : build.getVersion(),
                models.current(),
                address(server.getSsl(), exposure.of(server.getAddress()), port),
                management(context.getEnvironment().getProperty("local.management.port", Integer.class)),
                secondsSinceStart());
    }

    /** @param port null where they are switched off, which port -1 does */
    private String management(@Nullable Integer port) {
        if (port == null) {
            return "";
        }
        // Without one of its own, that of the other port is used.
        Ssl ssl = management.getSsl() == null ? server.getSsl() : management.getSsl();
        return ", its health and metrics at " + address(ssl, exposure.of(management.getAddress()), port);
    }

    static String address(@Nullable Ssl ssl, @Nullable InetAddress address, int port) {
        if (address == null || address.isAnyLocalAddress()) {
            return "port " + port + " of every network interface (server.address)";
        }
        String host = address.getHostAddress().contains(":")
                ? "[" + address.getHostAddress() + "]"
                : address.getHostAddress();
        String reach = address.isLoopbackAddress() ? " (this machine only, see server.address)" : "";
        return (Ssl.isEnabled(ssl) ? "https://" : "http://") + host + ":" + port + reach;
    }

    /** Since the JVM began; the process may be older, as the launcher that built the jars before. */
    private static String secondsSinceStart() {
        long milliseconds = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        return String.format(Locale.ROOT, "%.1f", milliseconds / 1000.0);
    }
}
