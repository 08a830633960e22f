package dev.dragoman.training.preparation;

import dev.dragoman.training.data.CorpusPart;
import dev.dragoman.training.data.CorpusReport;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.Shard;
import dev.dragoman.training.data.ShardedPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A folder that {@link PreparationRun} has completed:
 *
 * <pre>
 * preparation.json        what it was made of
 * downloads/              the archives; may be deleted
 * text/NAME.tsv.gz        cleaned texts; those held out are read by training, the others may be deleted
 * pieces.model            the vocabulary
 * shards/NAME-00000.pairs encoded pairs, which training maps
 * index.json              shards with their checksums, and counts
 * </pre>
 */
public final class PreparedFolder {
    static final String TEXT = "text";
    static final String SHARDS = "shards";
    static final String INDEX = "index.json";
    private static final String PIECES = "pieces.model";

    private final Path folder;
    private final Map<String, EncodedText> texts;

    private PreparedFolder(Path folder, Index index) {
        this.folder = folder;
        texts = new HashMap<>();
        index.texts().forEach(text -> texts.put("text/" + text.name() + ".tsv.gz", text));
    }

    /**
     * The folder's last file.
     *
     * @param piecesSha256 SHA-256 of the vocabulary by which the texts were encoded
     * @param texts all texts to train on
     */
    record Index(String piecesSha256, List<EncodedText> texts) {}

    /** The vocabulary of a folder. */
    public static Path pieces(Path folder) {
        return folder.resolve(PIECES);
    }

    /**
     * Opens a folder; no shard is touched yet.
     *
     * @throws IOException if it is not complete, was made by another recipe, or its vocabulary is another; the message says which
     */
    public static PreparedFolder open(Path folder, PreparationPlan plan) throws IOException {
        Index index;
        try {
            FolderIdentity.require(folder, plan);
            index = StepRecord.read(folder.resolve(INDEX), Index.class);
        } catch (NoSuchFileException e) {
            throw new IOException(
                    folder + ": is not prepared, or not to the end: " + e.getFile()
                            + " is missing. ./dragoman prepare with the same recipe makes it, or goes on",
                    e);
        }
        String sha256 = Checksum.sha256(pieces(folder));
        if (!sha256.equals(index.piecesSha256())) {
            throw new IOException(
                    pieces(folder) + ": is not the vocabulary by which the texts were encoded: its SHA-256 is " + sha256
                            + ", but was " + index.piecesSha256());
        }
        return new PreparedFolder(folder, index);
    }

    /**
     * Maps the shards of all parts and verifies their checksums: a second per some gigabytes that are in memory, else as long as the disk
     * takes to read them.
     *
     * @param parts each names a text of the folder as its file; several may name the same
     * @throws IOException if a shard is missing or damaged; the message names it
     */
    public EncodedCorpus corpus(List<CorpusPart> parts) throws IOException {
        Map<Path, List<Shard>> open = new HashMap<>();
        List<ShardedPart> sharded = new ArrayList<>();
        for (CorpusPart part : parts) {
            EncodedText text = text(part.file());
            List<Shard> shards = open.get(part.file());
            if (shards == null) {
                shards = new ArrayList<>();
                for (Shard.Entry entry : text.shards()) {
                    shards.add(Shard.open(folder.resolve(SHARDS), entry));
                }
                open.put(part.file(), shards);
            }
            sharded.add(new ShardedPart(part, shards, report(part, text)));
        }
        return EncodedCorpus.ofShards(sharded);
    }

    private EncodedText text(Path file) throws IOException {
        EncodedText text = texts.get(folder.relativize(file).toString().replace('\\', '/'));
        if (text == null) {
            throw new IOException(file + ": is not among the prepared texts to train on: "
                    + texts.keySet().stream().sorted().toList());
        }
        return text;
    }

    private static CorpusReport report(CorpusPart part, EncodedText text) {
        long first = part.reversed() ? text.targetTokens() : text.sourceTokens();
        long second = part.reversed() ? text.sourceTokens() : text.targetTokens();
        return new CorpusReport(part.file(), text.read(), text.pairs(), first, second, text.skipped(), List.of());
    }

    /** Whether a folder is complete. */
    static boolean isComplete(Path folder) {
        return Files.exists(folder.resolve(INDEX));
    }
}
