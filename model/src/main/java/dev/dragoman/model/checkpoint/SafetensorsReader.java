package dev.dragoman.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a safetensors file by memory mapping: nothing is read before it is touched, and a file larger than memory still opens.
 *
 * <p>Everything that the header claims is checked against the file's size when it is opened.
 */
public final class SafetensorsReader {
    /** The format's own limit. */
    private static final long LONGEST_HEADER = 100_000_000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path file;
    private final Map<String, Entry> entries;
    private final String digest;

    private SafetensorsReader(Path file, Map<String, Entry> entries, String digest) {
        this.file = file;
        this.entries = entries;
        this.digest = digest;
    }

    /**
     * Where a tensor lies.
     *
     * @param type element type
     * @param shape sizes, outermost first
     * @param begin first byte in the file
     * @param bytes number of bytes
     */
    public record Entry(StoredType type, long[] shape, long begin, long bytes) {}

    /**
     * Reads and checks the header.
     *
     * @throws ModelFormatException if the file is missing, truncated, or no safetensors file
     */
    public static SafetensorsReader open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(file, "no such file");
        }
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = in.size();
            if (size < 8) {
                throw new ModelFormatException(file, "truncated: " + size + " bytes, a header needs at least 8");
            }
            long length = read(in, 0, 8).getLong();
            if (length < 2 || length > LONGEST_HEADER) {
                throw new ModelFormatException(file, "not a safetensors file: header length " + length);
            }
            if (8 + length > size) {
                throw new ModelFormatException(
                        file, "truncated: the header ends at byte " + (8 + length) + ", the file at " + size);
            }
            return parse(file, read(in, 8, (int) length).array(), 8 + length, size);
        } catch (IOException e) {
            throw new ModelFormatException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static SafetensorsReader parse(Path file, byte[] header, long dataBegin, long size) {
        JsonNode root;
        try {
            root = JSON.readTree(header);
        } catch (JacksonException e) {
            throw new ModelFormatException(file, "not a safetensors file: the header is not JSON", e);
        }
        if (!root.isObject()) {
            throw new ModelFormatException(file, "not a safetensors file: the header is no JSON object");
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        String digest = "";
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals("__metadata__")) {
                digest = field.getValue().path(SafetensorsWriter.DIGEST).asString("");
            } else {
                entries.put(field.getKey(), entry(file, field.getKey(), field.getValue(), dataBegin, size));
            }
        }
        refuseOverlaps(file, entries);
        return new SafetensorsReader(file, entries, digest);
    }

    /** A byte belongs to one tensor at most. */
    private static void refuseOverlaps(Path file, Map<String, Entry> entries) {
        List<Map.Entry<String, Entry>> inOrder = new ArrayList<>(entries.entrySet());
        inOrder.sort(Comparator.comparingLong(
                        (Map.Entry<String, Entry> entry) -> entry.getValue().begin())
                .thenComparingLong(entry -> entry.getValue().bytes()));
        for (int i = 1; i < inOrder.size(); i++) {
            Entry before = inOrder.get(i - 1).getValue();
            if (before.begin() + before.bytes() > inOrder.get(i).getValue().begin()) {
                throw new ModelFormatException(
                        file,
                        inOrder.get(i).getKey() + " overlaps "
                                + inOrder.get(i - 1).getKey());
            }
        }
    }

    private static Entry entry(Path file, String name, JsonNode node, long dataBegin, long size) {
        StoredType type;
        try {
            type = StoredType.valueOf(node.path("dtype").asString("none"));
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(
                    file, name + " has element type " + node.path("dtype") + "; known are F32, BF16 and I8", e);
        }
        JsonNode sizes = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!sizes.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw new ModelFormatException(file, name + " lacks shape or data_offsets");
        }
        long[] shape = new long[sizes.size()];
        long bytes = type.bytes();
        try {
            for (int i = 0; i < shape.length; i++) {
                shape[i] = count(sizes.get(i));
                if (shape[i] < 0) {
                    throw new ModelFormatException(file, name + " has size " + sizes.get(i));
                }
                bytes = Math.multiplyExact(bytes, shape[i]);
            }
        } catch (ArithmeticException e) {
            throw new ModelFormatException(file, name + " has a shape beyond all sizes: " + sizes, e);
        }
        long begin = count(offsets.get(0));
        long end = count(offsets.get(1));
        if (begin < 0 || end < begin || end - begin != bytes) {
            throw new ModelFormatException(
                    file, name + " has data_offsets " + offsets + ", its shape and type make " + bytes + " bytes");
        }
        if (end > size - dataBegin) {
            throw new ModelFormatException(
                    file, "truncated: " + name + " ends at byte " + (dataBegin + end) + ", the file at " + size);
        }
        return new Entry(type, shape, dataBegin + begin, bytes);
    }

    /** A whole number, or -1 for anything else. */
    private static long count(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : -1;
    }

    private static ByteBuffer read(FileChannel in, long at, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (in.read(buffer, at + buffer.position()) < 0) {
                throw new IOException("unexpected end of file");
            }
        }
        return buffer.flip();
    }

    /** The file that was opened. */
    public Path file() {
        return file;
    }

    /** Names of all tensors, in the header's order. */
    public Set<String> names() {
        return entries.keySet();
    }

    /** The digest that the writer left, empty for files of other tools. */
    public String digest() {
        return digest;
    }

    /** Where a tensor lies, or null if the file has none of that name. */
    public @Nullable Entry find(String name) {
        return entries.get(name);
    }

    /** Maps a tensor's bytes, read-only and little-endian; valid as long as the buffer is reachable. */
    public ByteBuffer map(Entry entry) {
        if (entry.bytes() > Integer.MAX_VALUE) {
            throw new ModelFormatException(file, "a tensor of " + entry.bytes() + " bytes is over the limit of 2 GiB");
        }
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            return in.map(FileChannel.MapMode.READ_ONLY, entry.begin(), entry.bytes())
                    .order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new ModelFormatException(file, "cannot be mapped: " + e.getMessage(), e);
        }
    }
}
