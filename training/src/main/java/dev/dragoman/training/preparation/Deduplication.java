package dev.dragoman.training.preparation;

import dev.dragoman.training.data.HashSet64;
import dev.dragoman.training.data.LineReader;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Finds the pairs that were met before, in their own text or an earlier one, by 64-bit hashes: among 40 million pairs the odds that any two
 * different ones are taken for equal are 1 to 23,000.
 *
 * <p>The hashes of all texts are dealt out over files by their highest bits, so that equal ones meet, and looked through file by file.
 * Each needs a table of a 256th of the pairs: 2 MB for 40 million. What stays in memory is one bit a pair, 5 MB for 40 million.
 */
final class Deduplication {
    private static final int PARTITION_BITS = 8;
    private static final int PARTITIONS = 1 << PARTITION_BITS;
    private static final int ENTRY_BYTES = Long.BYTES + Integer.BYTES;
    private static final int BUFFER = 1 << 14;

    private Deduplication() {}

    /**
     * The numbers of all pairs that were met before, counted on from text to text.
     *
     * @param hashes files of 64-bit hashes, text by text
     * @param work an empty folder for files of 12 bytes a pair, which are deleted
     */
    static BitSet duplicates(List<Path> hashes, Path work) throws IOException {
        try {
            deal(hashes, work);
            BitSet duplicates = new BitSet();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                find(file(work, partition), duplicates);
            }
            return duplicates;
        } finally {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                Files.deleteIfExists(file(work, partition));
            }
        }
    }

    /**
     * Copies a text without some of its pairs.
     *
     * @param left numbers of the pairs that are left out
     * @param first the number of the text's first pair
     * @return how many were left out
     */
    static long copyWithout(BitSet left, int first, Path text, Path target) throws IOException {
        long count = 0;
        try (LineReader lines = new LineReader(
                        text,
                        new GZIPInputStream(new BufferedInputStream(Files.newInputStream(text), 1 << 16), 1 << 16),
                        Integer.MAX_VALUE - 8);
                TextFile copy = TextFile.create(target)) {
            for (int pair = first; lines.next(); pair++) {
                if (left.get(pair)) {
                    count++;
                } else {
                    copy.write(lines.bytes());
                }
            }
            copy.commit();
        }
        return count;
    }

    private static void deal(List<Path> hashes, Path work) throws IOException {
        List<DataOutputStream> partitions = new ArrayList<>();
        try {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                partitions.add(new DataOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(file(work, partition)), BUFFER)));
            }
            int number = 0;
            for (Path file : hashes) {
                long pairs = Files.size(file) / Long.BYTES;
                try (DataInputStream input = input(file)) {
                    for (long pair = 0; pair < pairs; pair++) {
                        long hash = input.readLong();
                        DataOutputStream partition = partitions.get((int) (hash >>> (Long.SIZE - PARTITION_BITS)));
                        partition.writeLong(hash);
                        partition.writeInt(number);
                        number = Math.addExact(number, 1);
                    }
                }
            }
        } catch (IOException e) {
            throw new IOException(work + ": " + e.getMessage(), e);
        } finally {
            closeAll(partitions);
        }
    }

    private static void closeAll(List<DataOutputStream> streams) throws IOException {
        IOException failure = null;
        for (DataOutputStream stream : streams) {
            try {
                stream.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** The pairs of a partition are in their order, so the first of equal ones is the one that is kept. */
    private static void find(Path partition, BitSet duplicates) throws IOException {
        HashSet64 seen = new HashSet64();
        long entries = Files.size(partition) / ENTRY_BYTES;
        try (DataInputStream input = input(partition)) {
            for (long entry = 0; entry < entries; entry++) {
                boolean isNew = seen.add(input.readLong());
                int number = input.readInt();
                if (!isNew) {
                    duplicates.set(number);
                }
            }
        }
    }

    private static DataInputStream input(Path file) throws IOException {
        return new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
    }

    private static Path file(Path work, int partition) {
        return work.resolve("partition-" + partition);
    }
}
