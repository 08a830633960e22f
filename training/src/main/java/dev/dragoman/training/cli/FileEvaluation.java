package dev.dragoman.training.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Scores translations that are there already.
 *
 * @param source where the references are from, the first file if there are several
 * @param references one list per translator, all of the same length
 */
record FileEvaluation(Path source, List<List<String>> references) {
    /** So many lines that end in a space and a period are no accident. */
    private static final int TOKENISED_LINES = 100;

    /**
     * Reads references, each file a translator's.
     *
     * @throws CommandException if their numbers of lines differ; the message names file and numbers
     */
    static FileEvaluation of(List<Path> files) throws IOException {
        List<List<String>> references = new ArrayList<>();
        for (Path file : files) {
            references.add(SegmentFile.read(file));
        }
        FileEvaluation evaluation = new FileEvaluation(files.get(0), references);
        for (int i = 0; i < files.size(); i++) {
            evaluation.requireAligned(files.get(i), references.get(i));
        }
        return evaluation;
    }

    /**
     * Scores systems.
     *
     * @param hypotheses a file each
     * @param paired whether to compare them with the first
     * @throws CommandException if a file is named twice or has another number of lines
     */
    void run(List<Path> hypotheses, boolean paired, Scoring scoring, EvaluationReport report, PrintWriter errors)
            throws IOException {
        Map<String, List<String>> systems = new LinkedHashMap<>();
        for (Path file : hypotheses) {
            List<String> segments = SegmentFile.read(file);
            requireAligned(file, segments);
            warnOfTokenised(file, segments, errors);
            if (systems.put(file.toString(), segments) != null) {
                throw new CommandException("--hypotheses must name each file once, but names " + file + " twice");
            }
        }
        if (paired) {
            report.compared(scoring.paired(systems, references));
            return;
        }
        List<EvaluatedSystem> evaluated = new ArrayList<>();
        systems.forEach((name, segments) -> evaluated.add(scoring.single(name, segments, references, null)));
        if (evaluated.size() == 1) {
            report.single(evaluated.get(0));
        } else {
            report.compared(evaluated);
        }
    }

    private void requireAligned(Path file, List<String> segments) {
        if (segments.size() != references.get(0).size()) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "%s must have as many lines as %s has references, %,d, but has %,d",
                    file,
                    source,
                    references.get(0).size(),
                    segments.size()));
        }
    }

    private static void warnOfTokenised(Path file, List<String> segments, PrintWriter errors) {
        long tokenised = segments.stream().filter(line -> line.endsWith(" .")).count();
        if (tokenised >= TOKENISED_LINES) {
            errors.println(String.format(
                    Locale.ROOT,
                    "%s looks tokenised: %,d lines end in a space and a period. BLEU, chrF and TER want text as people write it.",
                    file,
                    tokenised));
        }
    }
}
