package dev.dragoman.training.preparation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Makes archives as corpora come in. */
public final class Archives {
    private Archives() {}

    /** Writes an archive of the kind that its name says; files in it are compressed if their names say so. */
    public static Path write(Path archive, Map<String, String> files) throws IOException {
        return Files.write(archive, bytes(archive.getFileName().toString(), files));
    }

    /** The same in memory. */
    public static byte[] bytes(String name, Map<String, String> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Map<String, String> sorted = new TreeMap<>(files);
        if (name.endsWith(".zip")) {
            try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
                for (Map.Entry<String, String> file : sorted.entrySet()) {
                    zip.putNextEntry(new ZipEntry(file.getKey()));
                    zip.write(compressed(file.getKey(), file.getValue()));
                }
            }
        } else {
            try (TarArchiveOutputStream tar = new TarArchiveOutputStream(compressing(name, bytes))) {
                for (Map.Entry<String, String> file : sorted.entrySet()) {
                    byte[] content = compressed(file.getKey(), file.getValue());
                    // The other way of making an entry drops a leading dot.
                    TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
                    entry.setSize(content.length);
                    tar.putArchiveEntry(entry);
                    tar.write(content);
                    tar.closeArchiveEntry();
                }
            }
        }
        return bytes.toByteArray();
    }

    /** Text, compressed if the name says so. */
    public static byte[] compressed(String name, String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream output = compressing(name, bytes)) {
            output.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static OutputStream compressing(String name, OutputStream output) throws IOException {
        if (name.endsWith("gz")) {
            return new GZIPOutputStream(output);
        }
        if (name.endsWith("xz")) {
            return new XZOutputStream(output, new LZMA2Options(0));
        }
        return name.endsWith("bz2") || name.endsWith(".tbz") ? new BZip2CompressorOutputStream(output) : output;
    }
}
