package dev.dragoman.model.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Arrays that are divided along their first size, as stacks of experts over devices, to and from files in which they are whole: so a
 * checkpoint does not tell how many devices wrote it, and may be read by any number of them.
 *
 * <p>The parts of {@code NAME} are {@code NAME.shard0}, {@code NAME.shard1} and so on, in the order of their numbers. What has another name
 * is left as it is.
 */
public final class Shards {
    private static final Pattern SHARD = Pattern.compile("(.+)\\.shard(\\d{1,9})(\\.scale)?");

    private static final int UNDIVIDED = -1;

    private Shards() {}

    /** Writes arrays as {@link Weights#write} does, parts of one as the whole. */
    public static void write(Path file, Map<String, NDArray> arrays, StoredType precision) throws IOException {
        WeightFiles.write(file, joined(Weights.sources(arrays, precision)), WeightFiles.DEFAULT_LIMIT);
    }

    /** Tensors on their way to a file, parts of one replaced by the whole. */
    public static List<TensorSource> joined(List<TensorSource> tensors) {
        Parts<TensorSource> parts = new Parts<>();
        tensors.forEach(tensor -> parts.add(tensor.name(), tensor));
        List<TensorSource> result = new ArrayList<>();
        parts.byWhole.forEach((name, ofName) -> {
            List<TensorSource> inOrder = List.copyOf(ofName.values());
            result.add(ofName.containsKey(UNDIVIDED) ? inOrder.get(0) : join(name, inOrder));
        });
        return result;
    }

    /** What has a name each, by the name of the whole, in the order in which it came, and by the part's number. */
    private static final class Parts<T> {
        private final Map<String, SortedMap<Integer, T>> byWhole = new LinkedHashMap<>();

        void add(String name, T part) {
            Matcher shard = SHARD.matcher(name);
            boolean divided = shard.matches();
            String whole = divided ? shard.group(1) + Objects.requireNonNullElse(shard.group(3), "") : name;
            int number = divided ? Integer.parseInt(shard.group(2)) : UNDIVIDED;
            byWhole.computeIfAbsent(whole, unused -> new TreeMap<>()).put(number, part);
        }
    }

    private static TensorSource join(String name, List<TensorSource> parts) {
        long[] shape = parts.get(0).shape().clone();
        shape[0] = parts.stream().mapToLong(part -> part.shape()[0]).sum();
        return new Joined(name, parts, shape);
    }

    /** One after the other: with the first size outermost, nothing else is to be done. */
    private record Joined(String name, List<TensorSource> parts, long[] shape) implements TensorSource {
        @Override
        public StoredType type() {
            return parts.get(0).type();
        }

        @Override
        public int slices() {
            return parts.stream().mapToInt(TensorSource::slices).sum();
        }

        @Override
        public ByteBuffer slice(int i) throws IOException {
            int at = i;
            int part = 0;
            while (at >= parts.get(part).slices()) {
                at -= parts.get(part++).slices();
            }
            return parts.get(part).slice(at);
        }
    }

    /**
     * Overwrites arrays with tensors, parts with their share of the whole.
     *
     * @param arrays float32 or bfloat16, contiguous, by name
     * @throws ModelFormatException if a tensor is missing or has another shape
     * @throws IllegalArgumentException if an array is of another type
     */
    public static void fill(WeightFiles files, Map<String, NDArray> arrays) {
        fill(files, Weights.OUTPUT_FIRST, arrays);
    }

    /**
     * Overwrites arrays with tensors of any format of the model directory.
     *
     * @throws ModelFormatException if a tensor is missing or has another shape, or stacks of experts are divided, which those of format 1
     *     cannot be
     */
    static void fill(WeightFiles files, int format, Map<String, NDArray> arrays) {
        Parts<NDArray> all = new Parts<>();
        arrays.forEach(all::add);
        all.byWhole.forEach((name, ofName) -> {
            List<NDArray> parts = List.copyOf(ofName.values());
            if (ofName.containsKey(UNDIVIDED)) {
                Weights.fill(files, format, name, parts.get(0));
                return;
            }
            if (format < Weights.OUTPUT_FIRST) {
                throw new ModelFormatException(files.file(), "format 1 cannot be read into several devices");
            }
            long[] shape = parts.get(0).getShape().getShape().clone();
            shape[0] = parts.stream().mapToLong(part -> part.getShape().get(0)).sum();
            StoredParameter whole = StoredParameter.find(files, name, shape);
            long from = 0;
            for (NDArray part : parts) {
                new ArrayFiller(part(whole, from, part.getShape()), Slices.LENGTH).fill(part);
                from += part.size();
            }
        });
    }

    private static StoredParameter part(StoredParameter whole, long from, Shape shape) {
        StoredTensor scales = whole.scales();
        return new StoredParameter(
                part(whole.values(), from, shape),
                scales == null ? null : part(scales, from / whole.rowLength(), shape.slice(0, shape.dimension() - 1)));
    }

    private static StoredTensor part(StoredTensor whole, long from, Shape shape) {
        int bytes = whole.type().bytes();
        return new StoredTensor(
                whole.file(),
                whole.name(),
                whole.type(),
                shape.getShape(),
                whole.begin() + from * bytes,
                shape.size() * bytes);
    }
}
