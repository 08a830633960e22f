package dev.dragoman.training.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * Encoded pairs in a mapped file. Written by {@link ShardWriter}; immutable, safe for use by many threads; unmapped when it is collected.
 *
 * <p>The file, little-endian: the ids of all pairs, source before target, 16 bits each, and one more of zero if their number is odd; the
 * place of each pair's first id, and that behind the last, 32 bits each; the length of each source, 16 bits each; then 24 bytes: the
 * letters {@code DRGPAIRS}, the version, the number of pairs, the number of ids.
 */
public final class Shard {
    static final int VERSION = 1;
    static final int TRAILER_BYTES = 24;
    /** "DRGPAIRS", as a little-endian number. */
    static final long MAGIC = 0x5352494150475244L;

    private final int pairs;
    private final CharBuffer ids;
    private final IntBuffer starts;
    private final CharBuffer sourceLengths;

    private Shard(int pairs, CharBuffer ids, IntBuffer starts, CharBuffer sourceLengths) {
        this.pairs = pairs;
        this.ids = ids;
        this.starts = starts;
        this.sourceLengths = sourceLengths;
    }

    /**
     * What the index of a prepared folder knows of a shard.
     *
     * @param file its name
     * @param bytes its size
     * @param pairs pairs in it
     * @param crc32c CRC-32C of all its bytes, in hexadecimal digits
     */
    public record Entry(String file, long bytes, int pairs, String crc32c) {}

    /**
     * Maps a shard and verifies all of it, which also brings it into memory as far as there is room.
     *
     * @throws IOException if it is missing, of another size or has other content than the index says; the message names the file
     */
    public static Shard open(Path folder, Entry entry) throws IOException {
        Path file = folder.resolve(entry.file());
        ByteBuffer all;
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() != entry.bytes()) {
                throw new IOException(file + ": has " + channel.size() + " bytes, but " + entry.bytes()
                        + " were written: it is truncated or was replaced");
            }
            all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": the index names this shard, but it is missing", e);
        }
        CRC32C sum = new CRC32C();
        sum.update(all.duplicate());
        String found = Long.toHexString(sum.getValue());
        if (!found.equals(entry.crc32c())) {
            throw new IOException(
                    file + ": is damaged: its CRC-32C is " + found + ", but was " + entry.crc32c() + " when written");
        }
        return of(file, all.order(ByteOrder.LITTLE_ENDIAN), entry);
    }

    private static Shard of(Path file, ByteBuffer all, Entry entry) throws IOException {
        int trailer = all.capacity() - TRAILER_BYTES;
        if (trailer < 0 || all.getLong(trailer) != MAGIC) {
            throw new IOException(file + ": is not a shard of encoded pairs");
        }
        int version = all.getInt(trailer + 8);
        if (version != VERSION) {
            throw new IOException(file + ": is of version " + version + ", but this program reads " + VERSION);
        }
        int pairs = all.getInt(trailer + 12);
        long ids = all.getLong(trailer + 16);
        long startsAt = idBytes(ids);
        long lengthsAt = startsAt + 4L * (pairs + 1L);
        if (pairs != entry.pairs() || pairs < 1 || ids < 0 || lengthsAt + 2L * pairs != trailer) {
            throw new IOException(file + ": says of itself " + pairs + " pairs and " + ids + " ids, but has "
                    + entry.bytes() + " bytes, and the index says " + entry.pairs() + " pairs");
        }
        return new Shard(
                pairs,
                slice(all, 0, startsAt).asCharBuffer(),
                slice(all, startsAt, lengthsAt).asIntBuffer(),
                slice(all, lengthsAt, trailer).asCharBuffer());
    }

    /** Bytes of so many ids, filled up so that what follows is aligned. */
    static long idBytes(long ids) {
        return 2 * (ids + (ids & 1));
    }

    private static ByteBuffer slice(ByteBuffer all, long from, long to) {
        return all.slice((int) from, (int) (to - from)).order(ByteOrder.LITTLE_ENDIAN);
    }

    int pairs() {
        return pairs;
    }

    int sourceLength(int pair) {
        return sourceLengths.get(pair);
    }

    int targetLength(int pair) {
        return starts.get(pair + 1) - starts.get(pair) - sourceLengths.get(pair);
    }

    void copySource(int pair, int[] into, int offset) {
        copy(starts.get(pair), sourceLength(pair), into, offset);
    }

    void copyTarget(int pair, int[] into, int offset) {
        copy(starts.get(pair) + sourceLength(pair), targetLength(pair), into, offset);
    }

    private void copy(int from, int length, int[] into, int offset) {
        for (int i = 0; i < length; i++) {
            into[offset + i] = ids.get(from + i);
        }
    }
}
