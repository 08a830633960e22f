package dev.dragoman.app.security;

import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.configuration.DragomanProperties.DatabaseProperties;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The embedded database, a file of H2, or PostgreSQL where that is configured.
 *
 * <p>It is opened for one piece of work and closed again: a file of H2 belongs to the process that has it open, and a command has to work
 * beside a server that runs. Both therefore wait for each other for a while. A file that is not there is made by {@link #create}, and a
 * server without keys never gets as far as loading a driver.
 */
final class Database {
    /** H2: "Database may be already in use". */
    private static final int LOCKED = 90020;

    private static final String NAME = "dragoman";

    private static final String MIGRATIONS = "classpath:dev/dragoman/app/security/migration";

    private final DatabaseProperties properties;
    private final Path folder;
    private final Path file;
    private final Duration patience;
    private boolean migrated;

    /** @param patience how long another process is waited for */
    Database(DragomanProperties properties, Duration patience) {
        this.properties = properties.database();
        this.folder = properties.dataPath();
        this.file = folder.resolve(NAME + ".mv.db");
        this.patience = patience;
    }

    /** Whether it is shared with other servers, rather than a file of this one. */
    boolean isShared() {
        return !properties.url().isEmpty();
    }

    /** Whether there is anything to read: a file, or a configured address. */
    boolean exists() {
        return isShared() || Files.exists(file);
    }

    /** Tells a change of the file from no change; always differs where that cannot be told without asking. */
    String version() {
        if (isShared()) {
            return "asked at " + System.nanoTime();
        }
        try {
            return Files.exists(file) ? Files.getLastModifiedTime(file) + ", " + Files.size(file) : "";
        } catch (IOException unreadable) {
            return "unreadable at " + System.nanoTime();
        }
    }

    /**
     * Does some work in one transaction, with the tables as this version knows them; what it changed is on the disk then.
     *
     * @throws DatabaseException if the database cannot be reached, read or written
     */
    <T> T run(Function<JdbcClient, T> work) {
        return run(work, true);
    }

    /** {@link #run} for work that changes nothing, so that a full disk does not matter. */
    <T> T read(Function<JdbcClient, T> work) {
        return run(work, false);
    }

    private synchronized <T> T run(Function<JdbcClient, T> work, boolean changes) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try (Connection connection = source().getConnection()) {
                boolean changesTables = !migrated && migrate() > 0;
                connection.setAutoCommit(false);
                T result = work.apply(JdbcClient.create(new SingleConnectionDataSource(connection, true)));
                connection.commit();
                if (changes || changesTables) {
                    write(connection);
                }
                migrated = true;
                return result;
            } catch (SQLException | DataAccessException | FlywayException failed) {
                if (!isLocked(failed) || System.nanoTime() > end) {
                    throw unusable(failed);
                }
                pause(failed);
            }
        }
    }

    /** {@link #run}, with a file made first where there is none. It is for its owner's eyes alone. */
    synchronized <T> T create(Function<JdbcClient, T> work) {
        if (isShared() || Files.exists(file)) {
            return run(work);
        }
        try {
            // One that was there may be for others too.
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                restrict(folder, "rwx------");
            }
            // Empty, which H2 takes for a new one: so nobody else can read it at any time.
            Files.write(file, new byte[0], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            restrict(file, "rw-------");
        } catch (IOException unwritable) {
            throw new DatabaseException(
                    "The folder " + folder + " for the keys cannot be written: " + unwritable,
                    "Name another with dragoman.data, or let " + System.getProperty("user.name") + " write there.",
                    unwritable);
        }
        return run(work);
    }

    private static void restrict(Path path, String permissions) throws IOException {
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }

    private DriverManagerDataSource source() throws SQLException {
        if (isShared()) {
            return new DriverManagerDataSource(properties.url(), properties.username(), properties.password());
        }
        if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            throw new SQLException("the file cannot be written");
        }
        return new DriverManagerDataSource(
                "jdbc:h2:file:" + folder.resolve(NAME)
                        + ";DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0",
                "dragoman",
                "");
    }

    /** H2 writes what was committed in its own time, and says nothing of a disk that had no room for it. */
    private void write(Connection connection) throws SQLException {
        if (!isShared()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("checkpoint sync");
            }
        }
    }

    /** Brings the tables up to date, and returns how many steps that took. */
    private int migrate() throws SQLException {
        return Flyway.configure()
                .dataSource(source())
                .locations(MIGRATIONS)
                .load()
                .migrate()
                .migrationsExecuted;
    }

    private static boolean isLocked(Throwable fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getErrorCode() == LOCKED) {
                return true;
            }
        }
        return false;
    }

    private void pause(Exception cause) {
        try {
            Thread.sleep(100);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unusable(cause);
        }
    }

    /** Without the address of a shared database, which may hold a password. */
    private DatabaseException unusable(Exception cause) {
        if (isShared()) {
            return new DatabaseException(
                    "The database of keys at dragoman.database.url cannot be used: " + rootMessage(cause),
                    "Check dragoman.database.url, .username and .password, and that the database is reachable.",
                    cause);
        }
        if (isLocked(cause)) {
            return new DatabaseException(
                    "The database of keys, " + file + ", is locked by another process",
                    "End what has it open, or give each server its own folder with dragoman.data.",
                    cause);
        }
        return new DatabaseException(
                "The database of keys, " + file + ", cannot be used: " + rootMessage(cause),
                "Let " + System.getProperty("user.name") + " read and write it, name another folder with dragoman.data,"
                        + " or put the file back from a copy.",
                cause);
    }

    /** Of the innermost cause that has one: of a file that ends early H2 finds out by an exception without. */
    private static String rootMessage(Throwable fault) {
        String message = "";
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            message = cause.getMessage() == null ? message : cause.getMessage();
        }
        return message.lines().findFirst().orElse("");
    }
}
