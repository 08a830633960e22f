package dev.dragoman.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a safetensors file: eight bytes of header length, a JSON header padded with spaces so that the data begins at a multiple of 64,
 * and the data. A digest of the data stands in the header's metadata, so that a reader knows the content without reading it.
 */
public final class SafetensorsWriter {
    static final String DIGEST = "sha256";
    private static final int ALIGNMENT = 64;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private SafetensorsWriter() {}

    /** Writes beside {@code file} first and moves the result there when it is whole and on disk, so a reader never sees a part. */
    public static void write(Path file, List<StoredTensor> tensors) throws IOException {
        MessageDigest digest = sha256();
        Map<String, Object> header = new LinkedHashMap<>();
        long at = 0;
        for (StoredTensor tensor : tensors) {
            digest.update(tensor.content().get());
            // In a fixed order, so that equal tensors make equal files.
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", tensor.type().name());
            entry.put("shape", tensor.shape());
            entry.put("data_offsets", new long[] {at, at + tensor.bytes()});
            header.put(tensor.name(), entry);
            at += tensor.bytes();
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "dragoman");
        metadata.put(DIGEST, HexFormat.of().formatHex(digest.digest()));
        header.put("__metadata__", metadata);
        byte[] json = JSON.writeValueAsBytes(header);
        int padded = (json.length + 8 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - 8;
        ByteBuffer head = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(padded).put(json).put(" ".repeat(padded - json.length).getBytes(StandardCharsets.US_ASCII));
        head.flip();

        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel out = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeFully(out, head);
            for (StoredTensor tensor : tensors) {
                ByteBuffer content = tensor.content().get();
                if (content.remaining() != tensor.bytes()) {
                    throw new IllegalStateException(
                            tensor.name() + " has " + content.remaining() + " bytes instead of " + tensor.bytes());
                }
                writeFully(out, content);
            }
            out.force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void writeFully(FileChannel out, ByteBuffer content) throws IOException {
        while (content.hasRemaining()) {
            out.write(content);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
