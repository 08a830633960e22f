package dev.dragoman.app.security;

import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.fixture.TemporaryDirectory;
import dev.dragoman.app.http.Scope;
import dev.dragoman.app.models.TestModels;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/** Keys for tests of other packages. */
public final class TestSecurity {
    private TestSecurity() {}

    /** Those of a server without keys. */
    public static Quotas quotas(DragomanProperties properties, MeterRegistry meters) {
        return new Quotas(new Keys(database(properties), Clock.systemUTC(), time()), new Refusals(meters));
    }

    public static Path temporaryDirectory() {
        return TemporaryDirectory.make("dragoman-data");
    }

    /** Creates a key in a folder, as the command does, and returns its text. */
    public static String createKey(Path data, String scopes, Integer requestsPerMinute, Long charactersPerMonth) {
        try (Keys keys = keys(data)) {
            return keys.create("test", Scope.parse(scopes), requestsPerMinute, charactersPerMonth)
                    .text();
        }
    }

    static Keys keys(Path data) {
        return new Keys(database(data), Clock.systemUTC(), time());
    }

    static TimeMeter time() {
        return TimeMeter.SYSTEM_NANOTIME;
    }

    static Database database(Path data) {
        return database(TestModels.properties(Map.of("dragoman.data", data.toString())));
    }

    private static Database database(DragomanProperties properties) {
        return new Database(properties, Duration.ofMillis(300));
    }
}
