package dev.dragoman.training.cli;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Segmentation;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationConstraints;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.faithful.ProtectedSpans;
import dev.dragoman.inference.faithful.SentenceConstraints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Translates lines as they come: together as many as are there, so that a file runs in full batches and a person at a keyboard gets
 * an answer to every line.
 *
 * <p>A line gives a line, also an empty one, so that both texts stay aligned. A line with a sentence that is too long for the model
 * comes out as it is, and a message tells of it.
 */
final class LineTranslation {
    private static final int MAXIMUM_LINES = 256;

    private final Translator translator;
    private final LanguagePair pair;
    private final TranslationOptions options;
    private final SentenceConstraints constraints;
    private final boolean cut;
    private long lineNumber;
    private long linesWritten;
    private long untranslated;

    /** Cuts lines into sentences if {@code cut}, which one translation per line only allows. */
    LineTranslation(
            Translator translator,
            LanguagePair pair,
            TranslationOptions options,
            SentenceConstraints constraints,
            boolean cut) {
        if (cut && options.nBest() > 1) {
            throw new IllegalArgumentException("a line of several sentences has no n-best list");
        }
        this.translator = translator;
        this.pair = pair;
        this.options = options;
        this.constraints = constraints;
        this.cut = cut;
    }

    /**
     * Translates to the end of the input. Lines are numbered on from one input to the next.
     *
     * @return number of lines, over all inputs so far, that were too long
     */
    long translate(BufferedReader input, PrintWriter output, PrintWriter errors) throws IOException {
        for (List<String> lines = read(input); !lines.isEmpty(); lines = read(input)) {
            translateTogether(lines, output, errors);
            output.flush();
            if (output.checkError()) {
                throw new IOException("the standard output is closed");
            }
        }
        return untranslated;
    }

    /** Waits for a line and takes those that are there behind it; none at the end of the input. */
    private static List<String> read(BufferedReader input) throws IOException {
        List<String> lines = new ArrayList<>();
        do {
            String line = input.readLine();
            if (line == null) {
                break;
            }
            lines.add(line);
        } while (lines.size() < MAXIMUM_LINES && input.ready());
        return lines;
    }

    private void translateTogether(List<String> texts, PrintWriter output, PrintWriter errors) {
        List<Line> lines = new ArrayList<>();
        List<String> sentences = new ArrayList<>();
        List<TranslationOptions> own = new ArrayList<>();
        for (String text : texts) {
            Line line = fitting(line(text), errors);
            lines.add(line);
            sentences.addAll(line.sentences);
            for (int i = 0; i < line.sentences.size(); i++) {
                own.add(options(line.sentences.get(i), i == 0));
            }
        }
        List<Translation> translations = translator.translate(sentences, pair, own);
        int next = 0;
        for (Line line : lines) {
            int first = next;
            next += line.sentences.size();
            write(line, translations.subList(first, next), output);
        }
    }

    private TranslationOptions options(String sentence, boolean isFirst) {
        if (constraints.isEmpty()) {
            return options;
        }
        TranslationConstraints of = constraints.of(ProtectedSpans.ofSentence(sentence), isFirst);
        return of.isEmpty() ? options : options.withConstraints(of);
    }

    private Line line(String text) {
        lineNumber++;
        if (!cut) {
            return new Line(text, null, List.of(text));
        }
        Segmentation segmentation = translator.segment(text, pair.source());
        return new Line(text, segmentation, segmentation.sentences());
    }

    /** The line, or, with a message, one without sentences if the model cannot read all of them. */
    private Line fitting(Line line, PrintWriter errors) {
        int limit = translator.maximumSourceTokens();
        for (String sentence : line.sentences) {
            int tokens = translator.countTokens(sentence);
            if (tokens > limit) {
                untranslated++;
                errors.println("line " + lineNumber + " is not translated: a sentence has " + tokens
                        + " tokens, and the model reads at most " + limit);
                return new Line(line.text, null, List.of());
            }
        }
        return line;
    }

    private void write(Line line, List<Translation> translations, PrintWriter output) {
        linesWritten++;
        if (options.nBest() > 1) {
            writeNBest(line, translations, output);
        } else if (line.segmentation != null) {
            output.println(line.segmentation.join(
                    translations.stream().map(Translation::text).toList()));
        } else {
            output.println(
                    translations.isEmpty() ? line.text : translations.get(0).text());
        }
    }

    private void writeNBest(Line line, List<Translation> translations, PrintWriter output) {
        if (translations.isEmpty()) {
            // Without a translation there is no score.
            output.println(linesWritten + "\t\t" + line.text);
            return;
        }
        for (Translation.Hypothesis hypothesis : translations.get(0).hypotheses()) {
            output.println(
                    String.format(Locale.ROOT, "%d\t%.4f\t%s", linesWritten, hypothesis.score(), hypothesis.text()));
        }
    }

    /**
     * A line on its way.
     *
     * @param segmentation how it is put together again; null if it is one sentence, or none that the model can read
     * @param sentences what is translated of it
     */
    private record Line(String text, @Nullable Segmentation segmentation, List<String> sentences) {}
}
