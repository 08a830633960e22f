package dev.dragoman.training.data;

import dev.dragoman.tokenizer.Tokenizer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes encoded pairs into files that {@link Shard} maps. Each appears whole or not at all.
 *
 * <p>Confined to one thread; memory use does not grow with the number of pairs. The caller closes it; without {@link #finish} the file that is
 * under way is dropped.
 */
public final class ShardWriter implements PairSink, Closeable {
    /** Some 130 MB of ordinary sentences: few files, each far below the 2 GiB that Java maps at a time. */
    public static final int PAIRS = 1 << 20;

    /** Ids of a shard, so that long sentences do not lead beyond 2 GiB either. */
    private static final int IDS = 1 << 29;

    private final Path folder;
    private final String name;
    private final int pairsPerShard;
    private final LongConsumer progress;
    private final int[] starts;
    private final char[] sourceLengths;
    private final List<Shard.Entry> entries = new ArrayList<>();
    private final ByteBuffer small = ByteBuffer.allocate(1 << 13).order(ByteOrder.LITTLE_ENDIAN);
    private final CRC32C sum = new CRC32C();
    private @Nullable NewFile file;
    private OutputStream output = OutputStream.nullOutputStream();
    private int pairs;
    private int ids;
    private long written;

    /**
     * A writer of the files {@code NAME-00000.pairs} and so on.
     *
     * @param pairsPerShard pairs of every file but the last, at least 1
     * @param progress is told now and then how many pairs were written
     */
    public ShardWriter(Path folder, String name, int pairsPerShard, LongConsumer progress) {
        if (pairsPerShard < 1) {
            throw new IllegalArgumentException("pairsPerShard must be at least 1, but is " + pairsPerShard);
        }
        this.folder = folder;
        this.name = name;
        this.pairsPerShard = pairsPerShard;
        this.progress = progress;
        starts = new int[pairsPerShard + 1];
        sourceLengths = new char[pairsPerShard];
    }

    /**
     * Encodes a file of sentence pairs into shards.
     *
     * @return what was read and left out
     * @throws IOException if the file cannot be read or a shard not be written; the message names it
     * @throws CorpusException if the tokenizer yields an id above 65,535
     */
    public CorpusReport encode(Path text, Tokenizer tokenizer, PairFilter filter, int threads) throws IOException {
        CorpusPart part = CorpusPart.of(text, OptionalInt.empty());
        return new CorpusEncoder(tokenizer, filter, pair -> true, threads).encode(part, this);
    }

    @Override
    public void add(int[] source, int[] target) throws IOException {
        if (file != null && (pairs == pairsPerShard || (long) ids + source.length + target.length > IDS)) {
            finishShard(file);
        }
        if (file == null) {
            file = NewFile.create(folder.resolve(fileName()));
            sum.reset();
            output = new CheckedOutputStream(file.stream(), sum);
        }
        starts[pairs] = ids;
        sourceLengths[pairs] = (char) source.length;
        pairs++;
        write(source);
        write(target);
        if ((++written & 0xfff) == 0) {
            progress.accept(written);
        }
    }

    /** Completes the last shard; tells what there is. */
    public List<Shard.Entry> finish() throws IOException {
        if (file != null) {
            finishShard(file);
        }
        return List.copyOf(entries);
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }

    private void write(int[] sentence) throws IOException {
        for (int id : sentence) {
            room(2).putChar(HeapPairs.narrow(id));
        }
        ids += sentence.length;
    }

    private void finishShard(NewFile complete) throws IOException {
        if ((ids & 1) == 1) {
            room(2).putChar((char) 0);
        }
        starts[pairs] = ids;
        for (int pair = 0; pair <= pairs; pair++) {
            room(4).putInt(starts[pair]);
        }
        for (int pair = 0; pair < pairs; pair++) {
            room(2).putChar(sourceLengths[pair]);
        }
        room(Shard.TRAILER_BYTES)
                .putLong(Shard.MAGIC)
                .putInt(Shard.VERSION)
                .putInt(pairs)
                .putLong(ids);
        drain();
        complete.commit();
        long bytes = Shard.idBytes(ids) + 4L * (pairs + 1L) + 2L * pairs + Shard.TRAILER_BYTES;
        entries.add(new Shard.Entry(fileName(), bytes, pairs, Long.toHexString(sum.getValue())));
        file = null;
        pairs = 0;
        ids = 0;
    }

    private String fileName() {
        return String.format(Locale.ROOT, "%s-%05d.pairs", name, entries.size());
    }

    private ByteBuffer room(int bytes) throws IOException {
        if (small.remaining() < bytes) {
            drain();
        }
        return small;
    }

    private void drain() throws IOException {
        output.write(small.array(), 0, small.position());
        small.clear();
    }
}
