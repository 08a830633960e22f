package dev.dragoman.training.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was read of one part of a corpus, and what was left out and why.
 *
 * @param file the file
 * @param lines lines of the file
 * @param pairs sentence pairs kept; of a language model, sentences
 * @param sourceTokens ids of the sources kept, without control pieces; none of a language model
 * @param targetTokens ids of the targets kept, without control pieces
 * @param skipped lines or sentences left out by reason; reasons that did not occur are absent
 * @param examples the first malformed lines as {@code file:line: reason}
 */
public record CorpusReport(
        Path file,
        long lines,
        int pairs,
        long sourceTokens,
        long targetTokens,
        Map<SkipReason, Long> skipped,
        List<String> examples) {

    /** One line for people. */
    @Override
    public String toString() {
        String reasons = skipped.entrySet().stream()
                .map(e -> e.getKey().description() + " " + String.format(Locale.ROOT, "%,d", e.getValue()))
                .collect(Collectors.joining(", "));
        String leftOut = reasons.isEmpty() ? "" : "; left out: " + reasons;
        if (sourceTokens == 0 && targetTokens > 0) {
            return String.format(
                    Locale.ROOT,
                    "%s: %,d sentences of %,d lines, %,d tokens%s",
                    file.getFileName(),
                    pairs,
                    lines,
                    targetTokens,
                    leftOut);
        }
        return String.format(
                Locale.ROOT,
                "%s: %,d of %,d lines, %,d source and %,d target tokens%s",
                file.getFileName(),
                pairs,
                lines,
                sourceTokens,
                targetTokens,
                leftOut);
    }
}
