package dev.dragoman.app.security;

import dev.dragoman.app.http.Scope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Keys and what they used, in the tables of {@code V1__keys.sql}. */
final class KeyRepository {
    private KeyRepository() {}

    /** What was used in a month. */
    record Usage(long requests, long characters) {
        static final Usage NONE = new Usage(0, 0);
    }

    /** All keys, also those that are revoked, oldest first. */
    static List<ApiKey> keys(JdbcClient database) {
        return database.sql("select * from api_key order by created, id")
                .query((row, number) -> key(row))
                .list();
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(
                row.getString("id"),
                row.getString("name"),
                row.getString("hash"),
                Scope.parse(row.getString("scopes")),
                row.getObject("requests_per_minute", Integer.class),
                row.getObject("characters_per_month", Long.class),
                row.getObject("created", OffsetDateTime.class).toInstant(),
                instant(row.getObject("revoked", OffsetDateTime.class)));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    static void insert(JdbcClient database, ApiKey key) {
        database.sql("insert into api_key (id, name, hash, scopes, requests_per_minute, characters_per_month, created)"
                        + " values (?, ?, ?, ?, ?, ?, ?)")
                .param(key.id())
                .param(key.name())
                .param(key.hash())
                .param(Scope.format(key.scopes()))
                .param(key.requestsPerMinute())
                .param(key.charactersPerMonth())
                .param(key.created().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Returns whether there was a valid key of this id. */
    static boolean revoke(JdbcClient database, String id, Instant now) {
        return database.sql("update api_key set revoked = ? where id = ? and revoked is null")
                        .params(now.atOffset(ZoneOffset.UTC), id)
                        .update()
                > 0;
    }

    /** Of every key that was used in a month. */
    static Map<String, Usage> usage(JdbcClient database, String month) {
        Map<String, Usage> usage = new HashMap<>();
        database.sql("select key_id, requests, characters from key_usage where usage_month = ?")
                .param(month)
                .query(row -> {
                    usage.put(row.getString("key_id"), new Usage(row.getLong("requests"), row.getLong("characters")));
                });
        return usage;
    }

    /** Adds, so that several servers can share the table. */
    static void addUsage(JdbcClient database, String id, String month, Usage usage) {
        int updated = database.sql("update key_usage set requests = requests + ?, characters = characters + ?"
                        + " where key_id = ? and usage_month = ?")
                .params(usage.requests(), usage.characters(), id, month)
                .update();
        if (updated == 0) {
            database.sql("insert into key_usage (key_id, usage_month, requests, characters) values (?, ?, ?, ?)")
                    .params(id, month, usage.requests(), usage.characters())
                    .update();
        }
    }
}
