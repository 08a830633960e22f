package dev.dragoman.training.data;

import dev.dragoman.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the pairs of corpus files on several threads and hands them on in the order of the files.
 *
 * <p>The calling thread reads blocks of pairs and collects the encoded blocks, oldest first; only a few blocks per thread are
 * under way at any time, so memory use does not grow with the file.
 */
final class CorpusEncoder {
    private static final int BLOCK_PAIRS = 2048;

    private final Tokenizer tokenizer;
    private final EntryFilter filter;
    private final Predicate<SentencePair> isNew;
    private final int threads;

    /** {@code isNew} is asked on the calling thread, in the order of the files. */
    CorpusEncoder(Tokenizer tokenizer, EntryFilter filter, Predicate<SentencePair> isNew, int threads) {
        this.tokenizer = tokenizer;
        this.filter = filter;
        this.isNew = isNew;
        this.threads = threads;
    }

    /** Reads all of a part into the sink; tells what was read and left out. */
    CorpusReport encode(CorpusPart part, PairSink sink) throws IOException {
        Counts counts = new Counts();
        try (TsvCorpus corpus = TsvCorpus.open(part.file());
                OrderedTasks<Block> tasks =
                        new OrderedTasks<>(threads, "corpus-encoder", block -> collect(block, sink, counts))) {
            for (List<SentencePair> pairs = readBlock(corpus, part, counts);
                    !pairs.isEmpty();
                    pairs = readBlock(corpus, part, counts)) {
                List<SentencePair> block = pairs;
                tasks.add(() -> encodeBlock(block));
            }
            tasks.finish();
            corpus.skipped().forEach((reason, count) -> counts.skipped.merge(reason, count, Long::sum));
            return counts.report(part, corpus);
        }
    }

    private List<SentencePair> readBlock(TsvCorpus corpus, CorpusPart part, Counts counts) throws IOException {
        List<SentencePair> block = new ArrayList<>(BLOCK_PAIRS);
        while (block.size() < BLOCK_PAIRS) {
            SentencePair pair = corpus.next();
            if (pair == null) {
                break;
            }
            if (!part.takes(pair)) {
                counts.skip(SkipReason.OTHER_KIND);
                continue;
            }
            for (SentencePair entry : part.entries(pair)) {
                if (isNew.test(entry)) {
                    block.add(entry);
                } else {
                    counts.skip(SkipReason.DUPLICATE);
                }
            }
        }
        return block;
    }

    private Block encodeBlock(List<SentencePair> pairs) {
        Block block = new Block(new ArrayList<>(pairs.size()), new ArrayList<>(pairs.size()), new ArrayList<>());
        for (SentencePair pair : pairs) {
            SkipReason reason = filter.rejectText(pair);
            if (reason == null) {
                reason = encodePair(pair, block);
            }
            if (reason != null) {
                block.skipped.add(reason);
            }
        }
        return block;
    }

    private @Nullable SkipReason encodePair(SentencePair pair, Block block) {
        int[] source = pair.source().isEmpty() ? new int[0] : tokenizer.encode(pair.source());
        int[] target = tokenizer.encode(pair.target());
        SkipReason reason = filter.rejectLengths(source.length, target.length);
        if (reason == null) {
            block.sources.add(source);
            block.targets.add(target);
        }
        return reason;
    }

    private static void collect(Block block, PairSink sink, Counts counts) throws IOException {
        block.skipped.forEach(counts::skip);
        for (int i = 0; i < block.sources.size(); i++) {
            int[] source = block.sources.get(i);
            int[] target = block.targets.get(i);
            sink.add(source, target);
            counts.pairs++;
            counts.sourceTokens += source.length;
            counts.targetTokens += target.length;
        }
    }

    /** The pairs of a block that are kept, side by side, and a reason for each of the others. */
    private record Block(List<int[]> sources, List<int[]> targets, List<SkipReason> skipped) {}

    private static final class Counts {
        private final Map<SkipReason, Long> skipped = new EnumMap<>(SkipReason.class);
        private int pairs;
        private long sourceTokens;
        private long targetTokens;

        void skip(SkipReason reason) {
            skipped.merge(reason, 1L, Long::sum);
        }

        CorpusReport report(CorpusPart part, TsvCorpus corpus) {
            return new CorpusReport(
                    part.file(),
                    corpus.lines(),
                    pairs,
                    sourceTokens,
                    targetTokens,
                    new EnumMap<>(skipped),
                    List.copyOf(corpus.firstSkipped()));
        }
    }
}
