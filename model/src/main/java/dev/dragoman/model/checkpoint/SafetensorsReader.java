package dev.dragoman.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
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
 * Reads the header of a safetensors file; the tensors are mapped when they are asked for, so a file larger than memory still opens.
 *
 * <p>Everything that the header claims is checked against the file's size when it is opened.
 */
public final class SafetensorsReader implements WeightFiles {
    private static final int VERIFIED_AT_ONCE = 1 << 20;

    /** The format's own limit. */
    private static final long LONGEST_HEADER = 100_000_000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path file;
    private final Map<String, StoredTensor> tensors;
    private final String digest;

    private SafetensorsReader(Path file, Map<String, StoredTensor> tensors, String digest) {
        this.file = file;
        this.tensors = tensors;
        this.digest = digest;
    }

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
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        String digest = "";
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals(SafetensorsWriter.METADATA)) {
                digest = field.getValue().path(SafetensorsWriter.DIGEST).asString("");
            } else {
                tensors.put(field.getKey(), tensor(file, field.getKey(), field.getValue(), dataBegin, size));
            }
        }
        refuseOverlaps(file, tensors.values());
        return new SafetensorsReader(file, tensors, digest);
    }

    /** A byte belongs to one tensor at most. */
    private static void refuseOverlaps(Path file, Collection<StoredTensor> tensors) {
        List<StoredTensor> inOrder = new ArrayList<>(tensors);
        inOrder.sort(Comparator.comparingLong(StoredTensor::begin).thenComparingLong(StoredTensor::bytes));
        for (int i = 1; i < inOrder.size(); i++) {
            StoredTensor before = inOrder.get(i - 1);
            StoredTensor tensor = inOrder.get(i);
            if (before.begin() + before.bytes() > tensor.begin()) {
                throw new ModelFormatException(file, tensor.name() + " overlaps " + before.name());
            }
        }
    }

    private static StoredTensor tensor(Path file, String name, JsonNode node, long dataBegin, long size) {
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
        long bytes;
        try {
            for (int i = 0; i < shape.length; i++) {
                shape[i] = count(sizes.get(i));
                if (shape[i] < 0) {
                    throw new ModelFormatException(file, name + " has size " + sizes.get(i));
                }
            }
            bytes = type.bytes(shape);
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
        return new StoredTensor(file, name, type, shape, dataBegin + begin, bytes);
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

    @Override
    public Path file() {
        return file;
    }

    /** In the header's order. */
    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    /** The digest that the writer left, empty for files of other tools. */
    public String digest() {
        return digest;
    }

    @Override
    public @Nullable StoredTensor find(String name) {
        return tensors.get(name);
    }

    @Override
    public void verify() {
        if (digest.isEmpty()) {
            return;
        }
        long begin =
                tensors.values().stream().mapToLong(StoredTensor::begin).min().orElse(0);
        long end = tensors.values().stream()
                .mapToLong(tensor -> tensor.begin() + tensor.bytes())
                .max()
                .orElse(0);
        MessageDigest actual = Digests.sha256();
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long at = begin; at < end; at += VERIFIED_AT_ONCE) {
                actual.update(read(in, at, (int) Math.min(VERIFIED_AT_ONCE, end - at)));
            }
        } catch (IOException e) {
            throw new ModelFormatException(file, "cannot be read: " + e.getMessage(), e);
        }
        String found = HexFormat.of().formatHex(actual.digest());
        if (!found.equals(digest)) {
            throw new ModelFormatException(
                    file, "damaged: its data have the SHA-256 " + found + ", but were written with " + digest);
        }
    }

    @Override
    public String fingerprint() {
        try {
            return digest.isEmpty() ? Files.size(file) + " " + Files.getLastModifiedTime(file) : digest;
        } catch (IOException e) {
            throw new ModelFormatException(file, "cannot be read: " + e.getMessage(), e);
        }
    }
}
