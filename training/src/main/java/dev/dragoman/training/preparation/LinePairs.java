package dev.dragoman.training.preparation;

import dev.dragoman.training.data.LineReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Two files with a sentence a line, such as Europarl, Common Crawl, News Commentary, the UN corpus and giga-fren. */
final class LinePairs implements PairReader {
    private final ArchiveFile sourceFile;
    private final ArchiveFile targetFile;
    private final LineReader source;
    private final LineReader target;

    private LinePairs(ArchiveFile sourceFile, ArchiveFile targetFile, LineReader source, LineReader target) {
        this.sourceFile = sourceFile;
        this.targetFile = targetFile;
        this.source = source;
        this.target = target;
    }

    /** Both sides are read from their own stream of the archive, side by side, so that nothing has to be unpacked. */
    static LinePairs open(ArchiveFile sourceFile, ArchiveFile targetFile) throws IOException {
        LineReader source = new LineReader(sourceFile.path(), sourceFile.open(), LONGEST_LINE);
        try {
            LineReader target = new LineReader(targetFile.path(), targetFile.open(), LONGEST_LINE);
            return new LinePairs(sourceFile, targetFile, source, target);
        } catch (IOException e) {
            source.close();
            throw e;
        }
    }

    @Override
    public @Nullable RawPair next() throws IOException {
        boolean more = source.next();
        if (more != target.next()) {
            ArchiveFile shorter = more ? targetFile : sourceFile;
            ArchiveFile longer = more ? sourceFile : targetFile;
            throw new IOException(shorter.path() + ": ends after line " + Math.min(source.number(), target.number())
                    + ", but " + longer.path() + " goes on: the two are not parallel");
        }
        return more ? new RawPair(source.text(), target.text()) : null;
    }

    @Override
    public void close() throws IOException {
        try (source) {
            target.close();
        }
    }
}
