package dev.dragoman.app.security;

import dev.dragoman.app.http.Scope;
import dev.dragoman.app.security.KeyRepository.Usage;
import io.github.bucket4j.TimeMeter;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The keys in memory: requests are judged by them without asking the database.
 *
 * <p>Every {@value #SECONDS} seconds what was used is written, and what others changed is read: keys that a command created or revoked,
 * and on a shared database what was used at other servers. A database that cannot be reached meanwhile is logged, and the keys that are
 * known hold.
 */
public final class Keys implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Keys.class);

    private static final int SECONDS = 5;

    /** Compared with where there is no such key, so that this takes as long. */
    private static final String NO_HASH = "0".repeat(64);

    private final Database database;
    private final Clock clock;
    private final TimeMeter time;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, KeyUse> uses = new ConcurrentHashMap<>();
    private final ScheduledExecutorService synchroniser = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "keys");
        thread.setDaemon(true);
        return thread;
    });

    /** All keys by id, also the revoked. */
    private volatile Map<String, ApiKey> keys = Map.of();

    private String version = "";
    private boolean failing;

    /**
     * Reads the keys, if there are any.
     *
     * @throws DatabaseException if there is a database that cannot be used
     */
    Keys(Database database, Clock clock, TimeMeter time) {
        this.database = database;
        this.clock = clock;
        this.time = time;
        if (database.exists()) {
            exchange();
        }
    }

    /** Begins to follow what others change. */
    void follow() {
        synchroniser.scheduleWithFixedDelay(this::synchronise, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    /** Whether keys are asked for: from the first that was ever created on, so that revoking the last one opens nothing. */
    public boolean areRequired() {
        return !keys.isEmpty();
    }

    /** The valid key of a text. */
    Optional<ApiKey> find(String text) {
        ApiKey key = KeySecret.id(text).map(keys::get).orElse(null);
        boolean matches = KeySecret.matches(text, key == null ? NO_HASH : key.hash());
        return key != null && matches && key.isValid() ? Optional.of(key) : Optional.empty();
    }

    /** A key that was just created: the only time that its text is known. */
    record Created(String text, ApiKey key) {}

    /**
     * Creates a key.
     *
     * @throws IllegalArgumentException if name, scopes or limits are not as {@link ApiKey} wants them
     * @throws DatabaseException if it cannot be kept
     */
    Created create(
            String name, Set<Scope> scopes, @Nullable Integer requestsPerMinute, @Nullable Long charactersPerMonth) {
        String text = KeySecret.generate(random);
        ApiKey key = new ApiKey(
                KeySecret.id(text).orElseThrow(),
                name,
                KeySecret.hash(text),
                scopes,
                requestsPerMinute,
                charactersPerMonth,
                // As finely as every database keeps it and every client reads it.
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                null);
        database.create(tables -> {
            KeyRepository.insert(tables, key);
            return key;
        });
        exchange();
        return new Created(text, key);
    }

    /**
     * Revokes a key, for good.
     *
     * @return whether there was a valid one of this id
     */
    boolean revoke(String id) {
        if (!database.exists()) {
            return false;
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        boolean revoked = database.run(tables -> KeyRepository.revoke(tables, id, now));
        exchange();
        return revoked;
    }

    /** A key, and what it used this month. */
    record Listed(ApiKey key, long characters) {}

    /** All keys, also the revoked, oldest first. */
    List<Listed> list() {
        String month = month();
        return keys.values().stream()
                .map(key -> new Listed(key, use(key).characters(month)))
                .toList();
    }

    KeyUse use(ApiKey key) {
        return uses.computeIfAbsent(key.id(), id -> new KeyUse(key, time));
    }

    /** The month of now, as the database writes it. */
    String month() {
        return YearMonth.now(clock).toString();
    }

    private void synchronise() {
        try {
            if (hasPending() || !database.version().equals(version)) {
                boolean were = areRequired();
                exchange();
                if (!were && areRequired()) {
                    log.info("Keys are required from now on. The address that the server listens on stays what it is"
                            + " until it is started anew.");
                }
            }
            if (failing) {
                log.info("The database of keys can be used again");
            }
            failing = false;
        } catch (RuntimeException unusable) {
            if (!failing) {
                log.warn("{}. Requests are judged by the keys that are known.", unusable.getMessage());
            }
            failing = true;
        }
    }

    private boolean hasPending() {
        return uses.values().stream().anyMatch(use -> !use.pending().isEmpty());
    }

    /** Writes what was used, then reads all. */
    private synchronized void exchange() {
        if (!database.exists()) {
            version = "";
            return;
        }
        String month = month();
        Map<String, Map<String, Usage>> pending = new HashMap<>();
        uses.forEach((id, use) -> pending.put(id, use.pending()));
        Map<String, Usage> usage = new HashMap<>();
        Collection<ApiKey> stored = new ArrayList<>();
        Function<JdbcClient, Map<String, Usage>> work = tables -> {
            stored.clear();
            stored.addAll(KeyRepository.keys(tables));
            for (ApiKey key : stored) {
                pending.getOrDefault(key.id(), Map.of())
                        .forEach((of, used) -> KeyRepository.addUsage(tables, key.id(), of, used));
            }
            usage.clear();
            usage.putAll(KeyRepository.usage(tables, month));
            return usage;
        };
        if (pending.values().stream().allMatch(Map::isEmpty)) {
            database.read(work);
        } else {
            database.run(work);
        }
        Map<String, ApiKey> read = new LinkedHashMap<>();
        for (ApiKey key : stored) {
            read.put(key.id(), key);
            use(key).settle(pending.getOrDefault(key.id(), Map.of()), month, usage.getOrDefault(key.id(), Usage.NONE));
        }
        keys = read;
        version = database.version();
    }

    /** Writes what was used since the last time. */
    @Override
    public void close() {
        synchroniser.shutdownNow();
        try {
            synchroniser.awaitTermination(SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (hasPending()) {
            synchronise();
        }
    }

    /** How long another process is waited for that has the database open. */
    static final Duration PATIENCE = Duration.ofSeconds(SECONDS);
}
