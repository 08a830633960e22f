package dev.dragoman.training.data;

import dev.dragoman.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the pairs of corpus files on several threads and hands them on in the order of the files.
 *
 * <p>The calling thread reads blocks of pairs and collects the encoded blocks, oldest first; only a few blocks per thread are
 * under way at any time, so memory use does not grow with the file. The caller closes it.
 */
final class CorpusEncoder implements AutoCloseable {
    private static final int BLOCK_PAIRS = 2048;

    private final Tokenizer tokenizer;
    private final EntryFilter filter;
    private final Predicate<SentencePair> isNew;
    private final int threads;
    private final ExecutorService executor;

    /** {@code isNew} is asked on the calling thread, in the order of the files. */
    CorpusEncoder(Tokenizer tokenizer, EntryFilter filter, Predicate<SentencePair> isNew, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, but is " + threads);
        }
        this.tokenizer = tokenizer;
        this.filter = filter;
        this.isNew = isNew;
        this.threads = threads;
        this.executor = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "corpus-encoder");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Reads all of a part into the builder. */
    void encode(CorpusPart part, EncodedCorpus.Builder builder) throws IOException {
        builder.beginPart(part);
        Counts counts = new Counts(builder.pairs());
        Deque<Future<Block>> underWay = new ArrayDeque<>();
        try (TsvCorpus corpus = TsvCorpus.open(part.file())) {
            for (List<SentencePair> pairs = readBlock(corpus, part, counts);
                    !pairs.isEmpty();
                    pairs = readBlock(corpus, part, counts)) {
                List<SentencePair> block = pairs;
                underWay.add(executor.submit(() -> encodeBlock(block)));
                if (underWay.size() > 2 * threads) {
                    collect(underWay.remove(), builder, counts);
                }
            }
            while (!underWay.isEmpty()) {
                collect(underWay.remove(), builder, counts);
            }
            corpus.skipped().forEach((reason, count) -> counts.skipped.merge(reason, count, Long::sum));
            builder.endPart(counts.report(part, corpus, builder.pairs()));
        } finally {
            underWay.forEach(future -> future.cancel(true));
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
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

    private static void collect(Future<Block> future, EncodedCorpus.Builder builder, Counts counts) throws IOException {
        Block block = await(future);
        block.skipped.forEach(counts::skip);
        for (int i = 0; i < block.sources.size(); i++) {
            int[] source = block.sources.get(i);
            int[] target = block.targets.get(i);
            builder.add(source, target);
            counts.sourceTokens += source.length;
            counts.targetTokens += target.length;
        }
    }

    private static Block await(Future<Block> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a corpus was being encoded");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("encoding failed", e.getCause());
        }
    }

    /** The pairs of a block that are kept, side by side, and a reason for each of the others. */
    private record Block(List<int[]> sources, List<int[]> targets, List<SkipReason> skipped) {}

    private static final class Counts {
        private final int firstPair;
        private final Map<SkipReason, Long> skipped = new EnumMap<>(SkipReason.class);
        private long sourceTokens;
        private long targetTokens;

        Counts(int firstPair) {
            this.firstPair = firstPair;
        }

        void skip(SkipReason reason) {
            skipped.merge(reason, 1L, Long::sum);
        }

        CorpusReport report(CorpusPart part, TsvCorpus corpus, int pairs) {
            return new CorpusReport(
                    part.file(),
                    corpus.lines(),
                    pairs - firstPair,
                    sourceTokens,
                    targetTokens,
                    new EnumMap<>(skipped),
                    List.copyOf(corpus.firstSkipped()));
        }
    }
}
