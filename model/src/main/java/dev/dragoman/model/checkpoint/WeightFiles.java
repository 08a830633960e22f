package dev.dragoman.model.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of one set of weights, in one file or in several with an index, by name.
 *
 * <p>Opening reads headers only. Where both forms are there, the single file counts, see {@link #write}.
 */
public sealed interface WeightFiles permits SafetensorsReader, ShardedReader {
    /** Bytes of tensors that a file may hold before the weights are written as several. */
    long DEFAULT_LIMIT = 4_000_000_000L;

    /**
     * Opens {@code NAME.safetensors} or, if there is none, the shards that {@code NAME.safetensors.index.json} names.
     *
     * @param file the single file's path, whether or not it exists
     * @throws ModelFormatException if a file is missing, truncated, foreign, or does not belong to the others
     */
    static WeightFiles open(Path file) {
        return !Files.isRegularFile(file) && Files.isRegularFile(ShardIndex.of(file))
                ? ShardedReader.open(file)
                : SafetensorsReader.open(file);
    }

    /**
     * Writes {@code NAME.safetensors} or, if the tensors take more bytes than the limit, {@code NAME-00001-of-0000N.safetensors} and so on
     * with their index, as Hugging Face names them. A tensor is never split: one that is larger than the limit gets a file of its own.
     *
     * <p>Everything is written beside what is there and moved when it is whole and on disk, the index last; only then are files of an
     * earlier writing deleted, a single file first. So whoever opens the weights meanwhile finds the old ones, the new ones, or, in the
     * moment in which shards replace shards, an error.
     *
     * @param file the single file's path
     * @param limit bytes of tensors per file, see {@link #DEFAULT_LIMIT}
     * @throws IllegalArgumentException if two tensors have one name
     */
    static void write(Path file, List<? extends TensorSource> tensors, long limit) throws IOException {
        ShardWriter.write(file, tensors, limit);
    }

    /** The file that was opened: the tensors' own, or the index. */
    Path file();

    /** Names of all tensors. */
    Set<String> names();

    /** Where a tensor lies, or null if there is none of that name. */
    @Nullable
    StoredTensor find(String name);

    /**
     * A text that changes whenever the tensors do: the digests that the writer left, or sizes and times of files of other tools, which
     * carry none.
     */
    String fingerprint();

    /**
     * Reads all tensors and compares them with the digest that the writer left; files of other tools, which carry none, pass.
     *
     * @throws ModelFormatException if they are not what was written; the message names the file
     */
    void verify();
}
