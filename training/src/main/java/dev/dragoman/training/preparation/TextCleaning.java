package dev.dragoman.training.preparation;

import dev.dragoman.training.data.NewFile;
import dev.dragoman.training.data.OrderedTasks;
import dev.dragoman.training.data.SkipReason;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Cleans a text into a file of kept pairs and a file of their hashes, 64 bits each, in the same order.
 *
 * <p>One thread reads and writes, others clean; the order is that of the original.
 */
final class TextCleaning {
    private static final int BLOCK_PAIRS = 1024;

    private final Cleaner cleaner;
    private final int threads;
    private final Map<SkipReason, Long> skipped = new EnumMap<>(SkipReason.class);
    private long read;
    private long kept;

    TextCleaning(Cleaner cleaner, int threads) {
        this.cleaner = cleaner;
        this.threads = threads;
    }

    /** Cleans all of a text. */
    TextReport run(PairReader reader, Path cleaned, Path hashes, ProgressLog progress) throws IOException {
        try (TextFile text = TextFile.create(cleaned);
                NewFile hashFile = NewFile.create(hashes)) {
            DataOutputStream hashOutput = new DataOutputStream(hashFile.stream());
            try (OrderedTasks<List<Cleaner.Cleaned>> tasks =
                    new OrderedTasks<>(threads, "text-cleaning", block -> collect(block, text, hashOutput, progress))) {
                for (List<RawPair> block = block(reader); !block.isEmpty(); block = block(reader)) {
                    List<RawPair> raw = block;
                    tasks.add(() -> raw.stream().map(cleaner::clean).toList());
                }
                tasks.finish();
            }
            hashOutput.flush();
            // The hashes first: where there is a text, there are its hashes.
            hashFile.commit();
            text.commit();
        }
        TextReport report = new TextReport(read, kept, skipped);
        progress.end(read, report.leftOut());
        return report;
    }

    private static List<RawPair> block(PairReader reader) throws IOException {
        List<RawPair> block = new ArrayList<>(BLOCK_PAIRS);
        while (block.size() < BLOCK_PAIRS) {
            RawPair pair = reader.next();
            if (pair == null) {
                break;
            }
            block.add(pair);
        }
        return block;
    }

    private void collect(List<Cleaner.Cleaned> block, TextFile text, DataOutputStream hashes, ProgressLog progress)
            throws IOException {
        for (Cleaner.Cleaned pair : block) {
            if (pair.reason() == null) {
                text.write(pair.source(), pair.target());
                hashes.writeLong(pair.hash());
                kept++;
            } else {
                skipped.merge(pair.reason(), 1L, Long::sum);
            }
        }
        read += block.size();
        progress.at(read);
    }
}
