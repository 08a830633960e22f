package dev.dragoman.training.preparation;

import dev.dragoman.training.data.LineReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One file with a pair a line: source and target, separated by a tab. Further columns are passed over. */
final class TsvPairs implements PairReader {
    private final LineReader lines;

    private TsvPairs(LineReader lines) {
        this.lines = lines;
    }

    static TsvPairs open(ArchiveFile file) throws IOException {
        return new TsvPairs(new LineReader(file.path(), file.open(), LONGEST_LINE));
    }

    @Override
    public @Nullable RawPair next() throws IOException {
        if (!lines.next()) {
            return null;
        }
        String[] columns = lines.text().split("\t", 3);
        return new RawPair(columns[0], columns.length > 1 ? columns[1] : null);
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
