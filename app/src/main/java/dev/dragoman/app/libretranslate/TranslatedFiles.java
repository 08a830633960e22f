package dev.dragoman.app.libretranslate;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.errors.ServiceException.NotFound;
import java.time.Duration;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Translated files until they are fetched: in memory, since texts of users are not written to disk, for half an hour, and the oldest
 * less long when there are more than {@value #MOST_BYTES} bytes of them.
 */
final class TranslatedFiles {
    /** The only type of file that is translated. */
    static final String EXTENSION = ".txt";

    private static final Duration KEPT = Duration.ofMinutes(30);
    private static final int MOST_BYTES = 64 << 20;

    private static final Pattern NAME = Pattern.compile("[0-9a-f-]{36}\\.[^/\\\\\\p{Cntrl}\"]{1,200}");
    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9._-]");
    private static final int LONGEST_NAME = 100;

    private final Cache<String, byte[]> files;

    TranslatedFiles(Ticker ticker) {
        files = Caffeine.newBuilder()
                .ticker(ticker)
                .expireAfterWrite(KEPT)
                .maximumWeight(MOST_BYTES)
                .weigher((String name, byte[] content) -> name.length() + content.length)
                .executor(Runnable::run)
                .build();
    }

    /** Keeps a file and returns the name by which it can be fetched, which cannot be guessed. */
    String add(String originalName, byte[] content) {
        String safe = UNSAFE.matcher(originalName).replaceAll("_");
        String name = UUID.randomUUID() + "." + safe.substring(Math.max(0, safe.length() - LONGEST_NAME));
        files.put(name, content);
        return name;
    }

    /**
     * The file with a name.
     *
     * @throws InvalidRequest if the name is none that {@link #add} gives
     * @throws NotFound if there is no such file, or no more
     */
    byte[] get(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidRequest("Invalid request: the name is not that of a translated file");
        }
        byte[] content = files.getIfPresent(name);
        if (content == null) {
            throw new NotFound("Not found: the server has no such file; translated files are kept for "
                    + KEPT.toMinutes() + " minutes");
        }
        return content;
    }
}
