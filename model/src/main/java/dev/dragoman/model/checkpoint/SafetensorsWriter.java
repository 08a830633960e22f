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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes a safetensors file: eight bytes of header length, a JSON header padded with spaces so that the data begins at a multiple of 64,
 * and the data. A digest of the data stands in the header's metadata, so that a reader knows the content without reading it.
 *
 * <p>Every tensor begins at a multiple of the greatest power of two, up to 64, that divides its size, and so at a multiple of its
 * element's size. The format allows no gaps, so the order of the tensors has to bring this about: by that power, greatest first.
 */
public final class SafetensorsWriter {
    static final String METADATA = "__metadata__";
    static final String DIGEST = "sha256";

    private static final int ALIGNMENT = 64;
    private static final int DIGEST_BYTES = 32;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private SafetensorsWriter() {}

    /**
     * Writes beside {@code file} first and moves the result there when it is whole and on disk, so a reader never sees a part.
     *
     * @throws IllegalArgumentException if two tensors have one name
     */
    public static void write(Path file, List<? extends TensorSource> tensors) throws IOException {
        writePart(file, tensors);
        movePart(file);
    }

    /** The file that is written before it is moved. */
    static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }

    static void movePart(Path file) throws IOException {
        Files.move(part(file), file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Writes what {@link #movePart} moves; nothing is left of it if that fails.
     *
     * @return the digest of the data
     */
    static String writePart(Path file, List<? extends TensorSource> tensors) throws IOException {
        List<TensorSource> inOrder = new ArrayList<>(tensors);
        inOrder.sort(Comparator.comparingLong((TensorSource tensor) -> alignment(tensor.bytes()))
                .reversed());
        MessageDigest digest = Digests.sha256();
        // A digest of the same length, until the data has been seen.
        ByteBuffer head = head(inOrder, HexFormat.of().formatHex(new byte[DIGEST_BYTES]));
        Path part = part(file);
        try (FileChannel out = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeFully(out, head);
            for (TensorSource tensor : inOrder) {
                writeSlices(out, tensor, digest);
            }
            String hex = HexFormat.of().formatHex(digest.digest());
            out.position(0);
            writeFully(out, head(inOrder, hex));
            out.force(true);
            return hex;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(part);
            throw e;
        }
    }

    private static long alignment(long bytes) {
        return bytes == 0 ? ALIGNMENT : Math.min(ALIGNMENT, Long.lowestOneBit(bytes));
    }

    private static ByteBuffer head(List<TensorSource> tensors, String digest) {
        Map<String, Object> header = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "dragoman");
        metadata.put(DIGEST, digest);
        header.put(METADATA, metadata);
        long at = 0;
        for (TensorSource tensor : tensors) {
            // In a fixed order, so that equal tensors make equal files.
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("dtype", tensor.type().name());
            entry.put("shape", tensor.shape());
            entry.put("data_offsets", new long[] {at, at + tensor.bytes()});
            if (header.put(tensor.name(), entry) != null) {
                throw new IllegalArgumentException("two tensors have the name " + tensor.name());
            }
            at += tensor.bytes();
        }
        byte[] json = JSON.writeValueAsBytes(header);
        int padded = (json.length + 8 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - 8;
        ByteBuffer head = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(padded).put(json).put(" ".repeat(padded - json.length).getBytes(StandardCharsets.US_ASCII));
        return head.flip();
    }

    private static void writeSlices(FileChannel out, TensorSource tensor, MessageDigest digest) throws IOException {
        long written = 0;
        for (int i = 0; i < tensor.slices(); i++) {
            ByteBuffer slice = tensor.slice(i);
            written += slice.remaining();
            digest.update(slice.duplicate());
            writeFully(out, slice);
        }
        if (written != tensor.bytes()) {
            throw new IllegalStateException(tensor.name() + " has " + written + " bytes instead of " + tensor.bytes());
        }
    }

    private static void writeFully(FileChannel out, ByteBuffer content) throws IOException {
        while (content.hasRemaining()) {
            out.write(content);
        }
    }
}
