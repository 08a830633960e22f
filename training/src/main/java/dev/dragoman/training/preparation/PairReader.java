package dev.dragoman.training.preparation;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the pairs of a text in their order. Confined to one thread; the caller closes it. */
interface PairReader extends Closeable {
    /** Bytes of a line that are read: far more than a sentence has, and little enough to hold. */
    int LONGEST_LINE = 1 << 20;

    /**
     * The next pair, or null at the end.
     *
     * @throws IOException if a file is damaged or the two sides do not belong together; the message names the files
     */
    @Nullable
    RawPair next() throws IOException;

    /**
     * Opens a text at its first pair.
     *
     * @param fileOf the file of a download, by its name
     */
    static PairReader open(Preparation.Text text, Function<String, Path> fileOf) throws IOException {
        Path file = fileOf.apply(text.download());
        Path targetFile = fileOf.apply(text.downloadOfTarget());
        return switch (text.format()) {
            case LINES ->
                LinePairs.open(
                        new ArchiveFile(file, text.sourceFile()), new ArchiveFile(targetFile, text.targetFile()));
            case SGML ->
                SgmlPairs.open(
                        new ArchiveFile(file, text.sourceFile()), new ArchiveFile(targetFile, text.targetFile()));
            case TMX -> TmxPairs.open(new ArchiveFile(file, text.file()), text.source(), text.target());
            case TSV -> TsvPairs.open(new ArchiveFile(file, text.file()));
        };
    }
}
