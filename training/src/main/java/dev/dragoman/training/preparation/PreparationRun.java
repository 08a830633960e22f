package dev.dragoman.training.preparation;

import dev.dragoman.tokenizer.SentencePieceTokenizer;
import dev.dragoman.tokenizer.Tokenizer;
import dev.dragoman.tokenizer.Vocabulary;
import dev.dragoman.tokenizer.VocabularyOptions;
import dev.dragoman.tokenizer.VocabularyTrainer;
import dev.dragoman.training.data.CorpusReport;
import dev.dragoman.training.data.HashSet64;
import dev.dragoman.training.data.NewFile;
import dev.dragoman.training.data.PairFilter;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.ShardWriter;
import dev.dragoman.training.data.SkipReason;
import dev.dragoman.training.data.TsvCorpus;
import dev.dragoman.training.preparation.Preparation.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link PreparedFolder}, step by step: downloads, held-out texts, cleaned texts, duplicates, vocabulary, shards, index. A step that
 * an earlier run completed is not done again.
 *
 * <p>Confined to one thread.
 */
public final class PreparationRun {
    private final PreparationPlan plan;
    private final Path folder;
    private final PreparationFiles files;
    private final Path downloads;
    private final int threads;
    private final int pairsPerShard;
    private final Downloader downloader;
    private final Consumer<String> log;

    /**
     * A run.
     *
     * @param folder is created if it is not there
     * @param downloads folder of the archives; may be shared between recipes
     * @param threads for cleaning and encoding, at least 1; the result does not depend on it
     * @param log receives a line at a time of how it goes
     */
    public PreparationRun(PreparationPlan plan, Path folder, Path downloads, int threads, Consumer<String> log) {
        this(
                plan,
                folder,
                downloads,
                threads,
                ShardWriter.PAIRS,
                new Downloader(Downloader.Patience.DEFAULT, log),
                log);
    }

    /** As the public one, with shards of another size and other patience. */
    PreparationRun(
            PreparationPlan plan,
            Path folder,
            Path downloads,
            int threads,
            int pairsPerShard,
            Downloader downloader,
            Consumer<String> log) {
        this.plan = plan;
        this.folder = folder;
        this.downloads = downloads;
        this.threads = threads;
        this.pairsPerShard = pairsPerShard;
        this.downloader = downloader;
        this.log = log;
        files = new PreparationFiles(folder);
    }

    /**
     * Does what is left to do.
     *
     * @throws IOException if a file cannot be fetched, read or written, or the folder is another recipe's; the message names it
     * @throws InterruptedException if the thread is interrupted; a later run goes on
     */
    public void run() throws IOException, InterruptedException {
        Files.createDirectories(folder);
        try (FolderLock lock = FolderLock.of(folder)) {
            FolderIdentity.claim(folder, plan);
            if (PreparedFolder.isComplete(folder)) {
                // An earlier run may have been killed at the very end.
                files.deleteWork();
                log.accept(folder + " is complete");
                return;
            }
            Files.createDirectories(downloads);
            files.createFolders();
            Map<String, Path> fetched = fetch();
            HashSet64 heldOut = readHeldOut(fetched);
            List<TextReport> cleaned = clean(fetched, heldOut);
            leaveOutDuplicates(cleaned);
            learnVocabulary();
            encode();
            files.deleteWork();
            log.accept(folder + " is complete");
        }
    }

    private List<Text> training() {
        return plan.preparation().training();
    }

    /** The files that texts still need, by the names of their downloads. */
    private Map<String, Path> fetch() throws IOException, InterruptedException {
        Map<String, Path> fetched = new HashMap<>();
        for (Preparation.Download download : plan.preparation().downloads()) {
            boolean needed = plan.preparation().heldOut().stream()
                            .anyMatch(text -> isOf(text, download) && !Files.exists(files.textRecord(text)))
                    || training().stream()
                            .anyMatch(text -> isOf(text, download) && !Files.exists(files.cleaningRecord(text)));
            if (needed) {
                fetched.put(download.name(), downloader.fetch(download, downloads));
            }
        }
        return fetched;
    }

    private static boolean isOf(Text text, Preparation.Download download) {
        return text.download().equals(download.name())
                || text.downloadOfTarget().equals(download.name());
    }

    private PairReader open(Text text, Map<String, Path> fetched) throws IOException {
        return PairReader.open(text, name -> {
            Path file = fetched.get(name);
            if (file == null) {
                throw new IllegalStateException(name + " was not fetched");
            }
            return file;
        });
    }

    /** Writes the held-out texts that are not there; returns the hashes of their pairs. */
    private HashSet64 readHeldOut(Map<String, Path> fetched) throws IOException {
        HashSet64 hashes = new HashSet64();
        for (Text text : plan.preparation().heldOut()) {
            if (!Files.exists(files.textRecord(text))) {
                long pairs = 0;
                try (PairReader reader = open(text, fetched);
                        TextFile target = TextFile.create(files.text(text))) {
                    for (RawPair pair = reader.next(); pair != null; pair = reader.next()) {
                        if (pair.source() == null || pair.target() == null) {
                            throw new IOException(files.text(text) + ": pair " + (pairs + 1)
                                    + " of this development or test text lacks a side");
                        }
                        target.write(PlainText.of(pair.source()), PlainText.of(pair.target()));
                        pairs++;
                    }
                    target.commit();
                }
                StepRecord.write(files.textRecord(text), new TextReport(pairs, pairs, Map.of()));
                log.accept("held out " + text.name() + ": " + pairs + " pairs");
            }
            for (SentencePair pair : TsvCorpus.readAll(files.text(text))) {
                hashes.add(Cleaner.hash(pair.source(), pair.target()));
            }
        }
        return hashes;
    }

    private List<TextReport> clean(Map<String, Path> fetched, HashSet64 heldOut) throws IOException {
        Map<String, @Nullable LanguageCheck> checks = new HashMap<>();
        List<TextReport> reports = new ArrayList<>();
        for (Text text : training()) {
            TextReport report = StepRecord.readIfThere(files.cleaningRecord(text), TextReport.class);
            if (report == null) {
                Preparation.Cleaning limits = plan.preparation().cleaning();
                LanguageCheck check = limits.language()
                        ? checks.computeIfAbsent(
                                text.source() + " " + text.target(),
                                pair -> new LanguageCheck(text.source(), text.target()))
                        : null;
                try (PairReader reader = open(text, fetched)) {
                    report = new TextCleaning(new Cleaner(limits, check, heldOut), threads)
                            .run(
                                    reader,
                                    files.cleaned(text),
                                    files.hashes(text),
                                    new ProgressLog(log, "clean " + text.name(), "pairs"));
                }
                StepRecord.write(files.cleaningRecord(text), report);
            }
            reports.add(report);
        }
        return reports;
    }

    private void leaveOutDuplicates(List<TextReport> cleaned) throws IOException {
        if (training().stream().allMatch(text -> Files.exists(files.textRecord(text)))) {
            return;
        }
        BitSet duplicates = duplicates(cleaned);
        int first = 0;
        for (int i = 0; i < training().size(); i++) {
            Text text = training().get(i);
            TextReport report = cleaned.get(i);
            if (!Files.exists(files.textRecord(text))) {
                ProgressLog progress = new ProgressLog(log, "write " + text.name(), "pairs");
                long left = Deduplication.copyWithout(duplicates, first, files.cleaned(text), files.text(text));
                TextReport result = report.without(left, SkipReason.DUPLICATE);
                StepRecord.write(files.textRecord(text), result);
                progress.end(result.kept(), left == 0 ? "" : String.format("; left out: met before %,d", left));
            }
            first += (int) report.kept();
        }
    }

    private BitSet duplicates(List<TextReport> cleaned) throws IOException {
        if (!plan.preparation().cleaning().duplicates()) {
            return new BitSet();
        }
        Path file = files.duplicates();
        if (!Files.exists(file)) {
            ProgressLog progress = new ProgressLog(log, "find duplicates", "pairs");
            BitSet found = Deduplication.duplicates(
                    training().stream().map(files::hashes).toList(), files.work());
            NewFile.write(file, found.toByteArray());
            progress.end(cleaned.stream().mapToLong(TextReport::kept).sum(), "");
        }
        return BitSet.valueOf(Files.readAllBytes(file));
    }

    private void learnVocabulary() throws IOException, InterruptedException {
        Path target = PreparedFolder.pieces(folder);
        if (Files.exists(target)) {
            return;
        }
        if (plan.pieces() != null) {
            NewFile.write(target, Files.readAllBytes(plan.pieces()));
            return;
        }
        Path sample = files.work().resolve("vocabulary.txt");
        ProgressLog progress = new ProgressLog(log, "learn vocabulary", "sentences");
        long pairs = 0;
        for (Text text : training()) {
            pairs += StepRecord.read(files.textRecord(text), TextReport.class).kept();
        }
        List<Path> texts = training().stream().map(files::text).toList();
        long sentences = VocabularySample.write(texts, pairs, plan.vocabulary().sentences(), sample);
        VocabularyOptions options =
                VocabularyOptions.ofSize(plan.vocabularySize()).withControlPieces(plan.controlPieces());
        Path learnt = files.work().resolve("pieces.model");
        Vocabulary vocabulary = new VocabularyTrainer(options, line -> {}).train(List.of(sample), learnt);
        Files.move(learnt, target, StandardCopyOption.ATOMIC_MOVE);
        progress.end(sentences, "; " + vocabulary.size() + " pieces");
    }

    private void encode() throws IOException {
        PairFilter base = PairFilter.DEFAULT;
        // Equal sides were left out before, if they were to be.
        PairFilter filter = new PairFilter(plan.maximumTokens(), base.maximumLengthRatio(), base.lengthSlack(), true);
        List<EncodedText> texts = new ArrayList<>();
        try (Tokenizer tokenizer = SentencePieceTokenizer.open(PreparedFolder.pieces(folder))) {
            for (Text text : training()) {
                Path record = files.shardsRecord(text);
                EncodedText encoded = StepRecord.readIfThere(record, EncodedText.class);
                if (encoded == null) {
                    encoded = encode(text, tokenizer, filter);
                    StepRecord.write(record, encoded);
                }
                texts.add(encoded);
            }
        }
        String pieces = Checksum.sha256(PreparedFolder.pieces(folder));
        StepRecord.write(files.index(), new PreparedFolder.Index(pieces, texts));
    }

    private EncodedText encode(Text text, Tokenizer tokenizer, PairFilter filter) throws IOException {
        TextReport cleaning = StepRecord.read(files.textRecord(text), TextReport.class);
        ProgressLog progress = new ProgressLog(log, "encode " + text.name(), "pairs");
        try (ShardWriter writer = new ShardWriter(files.shards(), text.name(), pairsPerShard, progress::at)) {
            CorpusReport report = writer.encode(files.text(text), tokenizer, filter, threads);
            Map<SkipReason, Long> skipped = new EnumMap<>(SkipReason.class);
            skipped.putAll(cleaning.skipped());
            report.skipped().forEach((reason, count) -> skipped.merge(reason, count, Long::sum));
            progress.end(
                    report.lines(),
                    String.format(", %,d source and %,d target tokens", report.sourceTokens(), report.targetTokens()));
            return new EncodedText(
                    text.name(),
                    cleaning.read(),
                    report.pairs(),
                    report.sourceTokens(),
                    report.targetTokens(),
                    skipped,
                    writer.finish());
        }
    }
}
