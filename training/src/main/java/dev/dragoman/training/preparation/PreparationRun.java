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
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link PreparedFolder}, step by step: downloads, held-out texts, cleaned texts, duplicates, vocabulary, shards, index. A step that
 * an earlier run completed is not done again.
 *
 * <p>Confined to one thread.
 */
public final class PreparationRun {
    private static final String DUPLICATES = "duplicates.bits";

    private final PreparationPlan plan;
    private final Path folder;
    private final Path downloads;
    private final Path work;
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
        work = folder.resolve("work");
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
                deleteWork();
                log.accept(folder + " is complete");
                return;
            }
            for (Path needed : List.of(downloads, work, folder.resolve(PreparedFolder.TEXT), shards())) {
                Files.createDirectories(needed);
            }
            Map<String, Path> files = fetch();
            HashSet64 heldOut = readHeldOut(files);
            List<TextReport> cleaned = clean(files, heldOut);
            leaveOutDuplicates(cleaned);
            learnVocabulary();
            encode();
            deleteWork();
            log.accept(folder + " is complete");
        }
    }

    private List<Text> training() {
        return plan.preparation().training();
    }

    private Path file(Text text) {
        return folder.resolve(text.path());
    }

    private Path shards() {
        return folder.resolve(PreparedFolder.SHARDS);
    }

    private Path cleanedText(Text text) {
        return work.resolve(text.name() + ".tsv.gz");
    }

    private Path hashes(Text text) {
        return work.resolve(text.name() + ".hashes");
    }

    private Path cleaningRecord(Text text) {
        return work.resolve(text.name() + ".json");
    }

    private Path textRecord(Text text) {
        return folder.resolve(PreparedFolder.TEXT).resolve(text.name() + ".json");
    }

    /** The files that texts still need, by the names of their downloads. */
    private Map<String, Path> fetch() throws IOException, InterruptedException {
        Map<String, Path> files = new HashMap<>();
        for (Preparation.Download download : plan.preparation().downloads()) {
            boolean needed = plan.preparation().heldOut().stream()
                            .anyMatch(text -> isOf(text, download) && !Files.exists(textRecord(text)))
                    || training().stream()
                            .anyMatch(text -> isOf(text, download) && !Files.exists(cleaningRecord(text)));
            if (needed) {
                files.put(download.name(), downloader.fetch(download, downloads));
            }
        }
        return files;
    }

    private static boolean isOf(Text text, Preparation.Download download) {
        return text.download().equals(download.name())
                || text.downloadOfTarget().equals(download.name());
    }

    private PairReader open(Text text, Map<String, Path> files) throws IOException {
        return PairReader.open(text, name -> {
            Path file = files.get(name);
            if (file == null) {
                throw new IllegalStateException(name + " was not fetched");
            }
            return file;
        });
    }

    /** Writes the held-out texts that are not there; returns the hashes of their pairs. */
    private HashSet64 readHeldOut(Map<String, Path> files) throws IOException {
        HashSet64 hashes = new HashSet64();
        for (Text text : plan.preparation().heldOut()) {
            if (!Files.exists(textRecord(text))) {
                long pairs = 0;
                try (PairReader reader = open(text, files);
                        TextFile target = TextFile.create(file(text))) {
                    for (RawPair pair = reader.next(); pair != null; pair = reader.next()) {
                        if (pair.source() == null || pair.target() == null) {
                            throw new IOException(file(text) + ": pair " + (pairs + 1)
                                    + " of this development or test text lacks a side");
                        }
                        target.write(PlainText.of(pair.source()), PlainText.of(pair.target()));
                        pairs++;
                    }
                    target.commit();
                }
                StepRecord.write(textRecord(text), new TextReport(pairs, pairs, Map.of()));
                log.accept("held out " + text.name() + ": " + pairs + " pairs");
            }
            for (SentencePair pair : TsvCorpus.readAll(file(text))) {
                hashes.add(Cleaner.hash(pair.source(), pair.target()));
            }
        }
        return hashes;
    }

    private List<TextReport> clean(Map<String, Path> files, HashSet64 heldOut) throws IOException {
        Map<String, @Nullable LanguageCheck> checks = new HashMap<>();
        List<TextReport> reports = new ArrayList<>();
        for (Text text : training()) {
            TextReport report = StepRecord.readIfThere(cleaningRecord(text), TextReport.class);
            if (report == null) {
                Preparation.Cleaning limits = plan.preparation().cleaning();
                LanguageCheck check = limits.language()
                        ? checks.computeIfAbsent(
                                text.source() + " " + text.target(),
                                pair -> new LanguageCheck(text.source(), text.target()))
                        : null;
                try (PairReader reader = open(text, files)) {
                    report = new TextCleaning(new Cleaner(limits, check, heldOut), threads)
                            .run(
                                    reader,
                                    cleanedText(text),
                                    hashes(text),
                                    new ProgressLog(log, "clean " + text.name(), "pairs"));
                }
                StepRecord.write(cleaningRecord(text), report);
            }
            reports.add(report);
        }
        return reports;
    }

    private void leaveOutDuplicates(List<TextReport> cleaned) throws IOException {
        if (training().stream().allMatch(text -> Files.exists(textRecord(text)))) {
            return;
        }
        BitSet duplicates = duplicates(cleaned);
        int first = 0;
        for (int i = 0; i < training().size(); i++) {
            Text text = training().get(i);
            TextReport report = cleaned.get(i);
            if (!Files.exists(textRecord(text))) {
                ProgressLog progress = new ProgressLog(log, "write " + text.name(), "pairs");
                long left = Deduplication.copyWithout(duplicates, first, cleanedText(text), file(text));
                TextReport result = report.without(left, SkipReason.DUPLICATE);
                StepRecord.write(textRecord(text), result);
                progress.end(result.kept(), left == 0 ? "" : String.format("; left out: met before %,d", left));
            }
            first += (int) report.kept();
        }
    }

    private BitSet duplicates(List<TextReport> cleaned) throws IOException {
        if (!plan.preparation().cleaning().duplicates()) {
            return new BitSet();
        }
        Path file = work.resolve(DUPLICATES);
        if (!Files.exists(file)) {
            ProgressLog progress = new ProgressLog(log, "find duplicates", "pairs");
            BitSet found = Deduplication.duplicates(
                    training().stream().map(this::hashes).toList(), work);
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
        Path sample = work.resolve("vocabulary.txt");
        ProgressLog progress = new ProgressLog(log, "learn vocabulary", "sentences");
        long pairs = 0;
        for (Text text : training()) {
            pairs += StepRecord.read(textRecord(text), TextReport.class).kept();
        }
        List<Path> texts = training().stream().map(this::file).toList();
        long sentences = VocabularySample.write(texts, pairs, plan.vocabulary().sentences(), sample);
        VocabularyOptions options =
                VocabularyOptions.ofSize(plan.vocabularySize()).withControlPieces(plan.controlPieces());
        Path learnt = work.resolve("pieces.model");
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
                Path record = shards().resolve(text.name() + ".json");
                EncodedText encoded = StepRecord.readIfThere(record, EncodedText.class);
                if (encoded == null) {
                    encoded = encode(text, tokenizer, filter);
                    StepRecord.write(record, encoded);
                }
                texts.add(encoded);
            }
        }
        String pieces = Checksum.sha256(PreparedFolder.pieces(folder));
        StepRecord.write(folder.resolve(PreparedFolder.INDEX), new PreparedFolder.Index(pieces, texts));
    }

    private EncodedText encode(Text text, Tokenizer tokenizer, PairFilter filter) throws IOException {
        TextReport cleaning = StepRecord.read(textRecord(text), TextReport.class);
        ProgressLog progress = new ProgressLog(log, "encode " + text.name(), "pairs");
        try (ShardWriter writer = new ShardWriter(shards(), text.name(), pairsPerShard, progress::at)) {
            CorpusReport report = writer.encode(file(text), tokenizer, filter, threads);
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

    private void deleteWork() throws IOException {
        if (!Files.exists(work)) {
            return;
        }
        try (Stream<Path> files = Files.walk(work)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
