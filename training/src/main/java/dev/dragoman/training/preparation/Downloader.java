package dev.dragoman.training.preparation;

import dev.dragoman.training.data.NewFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fetches files over HTTP, verified by size and SHA-256.
 *
 * <p>What has come stays in a file that ends in {@code .part}, and the next attempt asks for the rest; a server that cannot do that sends
 * all again. Broken connections, silence and the statuses 408, 425, 429 and 5xx lead to further attempts after a pause that doubles, or that
 * the server asks for; any other status is an error at once. Attempts that brought something do not count.
 *
 * <p>A file that is there under its name was verified when it came, or is verified now if it was put there by hand.
 */
final class Downloader {
    private static final Set<Integer> TRANSIENT = Set.of(408, 425, 429, 500, 502, 503, 504);
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

    private final Patience patience;
    private final Consumer<String> log;
    private final HttpClient client;

    /**
     * How long to try.
     *
     * @param attempts in a row that brought nothing
     * @param firstPause before the second attempt; doubles up to {@code longestPause}
     * @param longestPause also of those that a server asks for
     * @param silence after which a connection is given up
     */
    record Patience(int attempts, Duration firstPause, Duration longestPause, Duration silence) {
        static final Patience DEFAULT =
                new Patience(8, Duration.ofSeconds(2), Duration.ofMinutes(2), Duration.ofSeconds(60));
    }

    /** What is known of a verified file, beside it in a file that ends in {@code .json}. */
    record Verified(long bytes, String sha256) {}

    Downloader(Patience patience, Consumer<String> log) {
        this.patience = patience;
        this.log = log;
        client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(patience.silence())
                .build();
    }

    /**
     * Sees to it that a file is there, whole and the right one.
     *
     * @return the file
     * @throws DownloadException if it cannot be had; what has come is kept, unless it is wrong
     */
    Path fetch(Preparation.Download download, Path folder) throws IOException, InterruptedException {
        Path file = folder.resolve(download.fileName());
        Path record = folder.resolve(download.fileName() + ".json");
        if (Files.exists(file)) {
            Verified verified = StepRecord.readIfThere(record, Verified.class);
            boolean known = verified != null && verified.bytes() == Files.size(file) && fits(verified, download);
            if (!known) {
                log.accept("verifying " + file);
                StepRecord.write(record, verify(download, file, file.toString()));
            }
            return file;
        }
        Path part = NewFile.part(file);
        boolean resumed = Files.exists(part);
        receive(download, part);
        Verified verified;
        try {
            verified = verify(download, part, download.url());
        } catch (DownloadException e) {
            Files.delete(part);
            if (!resumed) {
                throw e;
            }
            log.accept(e.getMessage() + "; fetching all of it again");
            receive(download, part);
            verified = verify(download, part, download.url());
        }
        if (download.sha256() == null) {
            log.accept(
                    "warning: the recipe has no sha256 of " + download.name() + "; it came with " + verified.sha256());
        }
        // The record first: it says nothing as long as the file is not there.
        StepRecord.write(record, verified);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        return file;
    }

    private static boolean fits(Verified verified, Preparation.Download download) {
        return (download.sha256() == null || download.sha256().equals(verified.sha256()))
                && (download.bytes() == null || download.bytes() == verified.bytes());
    }

    private static Verified verify(Preparation.Download download, Path file, String name) throws IOException {
        long bytes = Files.size(file);
        if (download.bytes() != null && download.bytes() != bytes) {
            throw new DownloadException(name, "has " + bytes + " bytes, but the recipe says " + download.bytes());
        }
        String sha256 = Checksum.sha256(file);
        if (download.sha256() != null && !download.sha256().equals(sha256)) {
            throw new DownloadException(
                    name, "has the SHA-256 " + sha256 + ", but the recipe says " + download.sha256());
        }
        return new Verified(bytes, sha256);
    }

    /** Attempts until all has come. */
    private void receive(Preparation.Download download, Path part) throws IOException, InterruptedException {
        Duration pause = patience.firstPause();
        int attempts = 0;
        while (true) {
            long before = Files.exists(part) ? Files.size(part) : 0;
            Duration wait;
            String problem;
            try {
                attempt(download, part, before);
                return;
            } catch (TryAgain e) {
                problem = String.valueOf(e.getMessage());
                wait = e.pause;
            }
            if (Files.exists(part) && Files.size(part) > before) {
                attempts = 0;
                pause = patience.firstPause();
            }
            attempts++;
            if (attempts >= patience.attempts()) {
                throw new DownloadException(
                        download.url(), problem + "; given up after " + attempts + " attempts that brought nothing");
            }
            wait = shorter(wait == null ? pause : wait, patience.longestPause());
            pause = shorter(pause.multipliedBy(2), patience.longestPause());
            log.accept(String.format(
                    Locale.ROOT, "%s: %s; trying again in %.0f s", download.name(), problem, wait.toMillis() / 1e3));
            Thread.sleep(wait.toMillis());
        }
    }

    /** An attempt failed in a way that the next one may not. */
    private static final class TryAgain extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient @Nullable Duration pause;

        TryAgain(String problem, @Nullable Duration pause) {
            super(problem);
            this.pause = pause;
        }
    }

    private void attempt(Preparation.Download download, Path part, long have)
            throws IOException, InterruptedException, TryAgain {
        Long expected = download.bytes();
        if (expected != null && have == expected) {
            return;
        }
        if (expected != null && have > expected) {
            Files.delete(part);
            throw new TryAgain("more had come than there should be", Duration.ZERO);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(download.url()));
        if (have > 0) {
            request.header("Range", "bytes=" + have + "-");
        }
        HttpResponse<InputStream> response;
        try {
            response =
                    client.send(request.timeout(patience.silence()).build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new TryAgain(reason(e), null);
        }
        try (InputStream body = response.body()) {
            take(download, part, have, response, body);
        }
    }

    private void take(
            Preparation.Download download, Path part, long have, HttpResponse<InputStream> response, InputStream body)
            throws IOException, TryAgain {
        int status = response.statusCode();
        if (TRANSIENT.contains(status)) {
            throw new TryAgain("HTTP status " + status, retryAfter(response));
        }
        if (status == 416) {
            Files.deleteIfExists(part);
            throw new TryAgain("the server has no more of it than had come", Duration.ZERO);
        }
        if (status != 200 && status != 206) {
            throw new DownloadException(download.url(), "HTTP status " + status);
        }
        long from = status == 206 ? rangeStart(response) : 0;
        if (from != have && from != 0) {
            throw new DownloadException(
                    download.url(), "was asked for the bytes from " + have + " on, but sends those from " + from);
        }
        OptionalLong length = response.headers().firstValueAsLong("Content-Length");
        long total = length.isPresent() ? from + length.getAsLong() : -1;
        if (download.bytes() != null && total >= 0 && total != download.bytes()) {
            throw new DownloadException(
                    download.url(), "has " + total + " bytes, but the recipe says " + download.bytes());
        }
        requireRoom(part, total - from);
        long received = copy(download, part, from, total, body);
        long wanted = download.bytes() != null ? download.bytes() : total;
        if (wanted >= 0 && received < wanted) {
            throw new TryAgain("the connection ended after " + received + " of " + wanted + " bytes", null);
        }
    }

    private long copy(Preparation.Download download, Path part, long from, long total, InputStream body)
            throws IOException, TryAgain {
        ProgressLog progress = new ProgressLog(log, "download " + download.name(), "bytes");
        byte[] buffer = new byte[1 << 16];
        long at = from;
        try (FileChannel file = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                SilenceGuard guard = new SilenceGuard(body, patience.silence())) {
            write(part, () -> file.truncate(from).position(from));
            while (true) {
                int count;
                try {
                    count = body.read(buffer);
                } catch (IOException e) {
                    String silent = "nothing came for " + patience.silence().toSeconds() + " s";
                    throw new TryAgain(guard.hasClosed() ? silent : "the connection broke: " + reason(e), null);
                }
                if (count < 0) {
                    break;
                }
                guard.heard();
                write(part, () -> file.write(ByteBuffer.wrap(buffer, 0, count)));
                at += count;
                progress.at(at - from);
            }
            write(part, () -> {
                file.force(true);
                return file;
            });
        }
        if (total < 0 || at == total) {
            progress.end(at - from, from > 0 ? ", the rest of " + at : "");
        }
        return at;
    }

    private interface Write {
        Object run() throws IOException;
    }

    /** The messages of channels do not name the file. */
    private static void write(Path part, Write write) throws IOException {
        try {
            write.run();
        } catch (IOException e) {
            throw new IOException(part + ": " + e.getMessage(), e);
        }
    }

    private static void requireRoom(Path part, long bytes) throws IOException {
        Path folder = part.toAbsolutePath().getParent();
        if (folder == null) {
            return;
        }
        long free = Files.getFileStore(folder).getUsableSpace();
        if (bytes > free) {
            throw new IOException(part + ": needs " + bytes + " more bytes, but only " + free + " are free");
        }
    }

    private static long rangeStart(HttpResponse<?> response) throws TryAgain {
        Matcher range = CONTENT_RANGE.matcher(
                response.headers().firstValue("Content-Range").orElse(""));
        if (!range.matches()) {
            throw new TryAgain("a part came without a word on which", null);
        }
        return Long.parseLong(range.group(1));
    }

    /** The form in seconds; dates are not used by servers of files. */
    private static @Nullable Duration retryAfter(HttpResponse<?> response) {
        String seconds = response.headers().firstValue("Retry-After").orElse("");
        return seconds.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(seconds)) : null;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
