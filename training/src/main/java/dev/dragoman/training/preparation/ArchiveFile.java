package dev.dragoman.training.preparation;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * A file, or a file within an archive. Archives are tar, plain or compressed, and zip; what either holds may be compressed once more. Their
 * kind is that of their name: {@code .tar}, {@code .tgz}, {@code .tar.xz}, {@code .zip}, {@code .gz}, {@code .xz}, {@code .bz2} and so on.
 *
 * <p>Nothing is unpacked to the disk.
 *
 * @param archive the file, or the archive
 * @param name of the file within the archive, its folders included; null for {@code archive} itself
 */
record ArchiveFile(Path archive, @Nullable String name) {
    private static final int BUFFER = 1 << 16;
    private static final int NAMES_IN_MESSAGE = 30;

    /**
     * Opens the file at its first byte; the caller closes the stream.
     *
     * @throws IOException if the archive is damaged or has no such file; the message names both, and what is there
     */
    InputStream open() throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(archive), BUFFER);
        try {
            if (name == null) {
                return decompressed(archive.toString(), raw);
            }
            if (archive.toString().endsWith(".zip")) {
                raw.close();
                return ofZip(name);
            }
            return ofTar(name, raw);
        } catch (IOException e) {
            raw.close();
            throw e.getMessage() != null && e.getMessage().startsWith(archive.toString())
                    ? e
                    : new IOException(
                            archive + ": " + (e.getMessage() == null ? "damaged or truncated" : e.getMessage()), e);
        }
    }

    private InputStream ofTar(String wanted, InputStream raw) throws IOException {
        // It is closed with the stream that is handed out.
        TarArchiveInputStream tar = new TarArchiveInputStream(decompressed(archive.toString(), raw));
        List<String> names = new ArrayList<>();
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (plain(entry.getName()).equals(plain(wanted))) {
                return decompressed(wanted, tar);
            }
            if (entry.isFile()) {
                names.add(entry.getName());
            }
        }
        throw missing(wanted, names);
    }

    private InputStream ofZip(String wanted) throws IOException {
        ZipFile zip = new ZipFile(archive.toFile());
        try {
            ZipEntry entry = zip.getEntry(wanted);
            if (entry == null) {
                throw missing(
                        wanted, zip.stream().map(ZipEntry::getName).limit(1000).toList());
            }
            return new Closing(decompressed(wanted, zip.getInputStream(entry)), zip);
        } catch (IOException e) {
            zip.close();
            throw e;
        }
    }

    private static InputStream decompressed(String name, InputStream raw) throws IOException {
        if (name.endsWith(".gz") || name.endsWith(".tgz")) {
            return new GZIPInputStream(raw, BUFFER);
        }
        if (name.endsWith(".xz") || name.endsWith(".txz")) {
            return new XZInputStream(raw);
        }
        if (name.endsWith(".bz2") || name.endsWith(".tbz")) {
            return new BZip2CompressorInputStream(raw, true);
        }
        return raw;
    }

    /** Some archives write {@code ./} in front of every name. */
    private static String plain(String name) {
        return name.startsWith("./") ? name.substring(2) : name;
    }

    private IOException missing(String wanted, List<String> names) {
        String there = String.join(", ", names.subList(0, Math.min(NAMES_IN_MESSAGE, names.size())));
        return new IOException(archive + ": has no file " + wanted + ", but "
                + (names.isEmpty() ? "none at all" : there)
                + (names.size() > NAMES_IN_MESSAGE ? " and more" : ""));
    }

    /** For messages. */
    Path path() {
        return name == null ? archive : archive.resolve(name);
    }

    private static final class Closing extends FilterInputStream {
        private final Closeable also;

        Closing(InputStream input, Closeable also) {
            super(input);
            this.also = also;
        }

        @Override
        public void close() throws IOException {
            try (also) {
                super.close();
            }
        }
    }
}
