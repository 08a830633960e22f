package dev.dragoman.training.cli;

import dev.dragoman.training.evaluation.Abbreviations;
import dev.dragoman.training.evaluation.Bleu;
import dev.dragoman.training.evaluation.Chrf;
import dev.dragoman.training.evaluation.Metric;
import dev.dragoman.training.evaluation.MosesTokenizer;
import dev.dragoman.training.evaluation.MultiBleu;
import dev.dragoman.training.evaluation.Smoothing;
import dev.dragoman.training.evaluation.Ter;
import dev.dragoman.training.evaluation.WordTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is measured; names and defaults are those of sacreBLEU where it has them. */
final class MetricArguments {
    @Option(
            names = "--metrics",
            split = ",",
            paramLabel = "METRIC",
            defaultValue = "bleu,chrf",
            description =
                    "What to measure: bleu, chrf, ter, multi-bleu; separated by commas (default: ${DEFAULT-VALUE}).")
    List<String> metrics = List.of();

    @Option(
            names = "--tokenize",
            paramLabel = "NAME",
            defaultValue = "13a",
            description = "The words of BLEU: 13a, intl, zh, char or none (default: ${DEFAULT-VALUE}).")
    String tokenize = "13a";

    @Option(
            names = "--lowercase",
            description = "Case does not count in BLEU, chrF and multi-BLEU. (TER has its own option.)")
    boolean lowercase;

    @Option(
            names = "--smooth-method",
            paramLabel = "NAME",
            defaultValue = "exp",
            description = "What BLEU does without a match: exp, floor, add-k or none (default: ${DEFAULT-VALUE}).")
    String smoothMethod = "exp";

    @Option(
            names = "--smooth-value",
            paramLabel = "X",
            description = "The value of floor (0.1 by default) or add-k (1 by default).")
    @Nullable
    Double smoothValue;

    @Option(
            names = "--chrf-char-order",
            paramLabel = "N",
            defaultValue = "6",
            description = "Longest n-gram of characters (default: ${DEFAULT-VALUE}).")
    int chrfCharOrder = 6;

    @Option(
            names = "--chrf-word-order",
            paramLabel = "N",
            defaultValue = "0",
            description = "Longest n-gram of words; 2 is chrF++ (default: ${DEFAULT-VALUE}).")
    int chrfWordOrder;

    @Option(
            names = "--chrf-beta",
            paramLabel = "N",
            defaultValue = "2",
            description = "How much more recall weighs than precision (default: ${DEFAULT-VALUE}).")
    int chrfBeta = 2;

    @Option(names = "--chrf-whitespace", description = "White space counts as characters.")
    boolean chrfWhitespace;

    @Option(names = "--ter-normalized", description = "TER cuts punctuation off words.")
    boolean terNormalized;

    @Option(names = "--ter-no-punct", description = "TER leaves punctuation out.")
    boolean terNoPunct;

    @Option(names = "--ter-asian-support", description = "TER does either for Chinese and Japanese as well.")
    boolean terAsianSupport;

    @Option(names = "--ter-case-sensitive", description = "Case counts in TER.")
    boolean terCaseSensitive;

    @Option(
            names = "--multi-bleu-tokenize",
            paramLabel = "NAME",
            defaultValue = "none",
            description = {
                "The words of multi-BLEU: none (the text as it stands), or moses-en, moses-fr, moses-de: tokenised first as Moses"
                        + " does (default: ${DEFAULT-VALUE})."
            })
    String multiBleuTokenize = "none";

    @Option(
            names = "--multi-bleu-prefixes",
            paramLabel = "FILE",
            description = "Abbreviations for the tokenisers of Moses: one of its files nonbreaking_prefix.*")
    @Nullable
    Path multiBleuPrefixes;

    /**
     * The metrics, in the order asked for.
     *
     * @throws CommandException if an option is out of range or names something unknown; the message says which
     */
    List<Metric> metrics() throws IOException {
        List<Metric> chosen = new ArrayList<>();
        for (String name : new LinkedHashSet<>(metrics)) {
            chosen.add(
                    switch (name.strip()) {
                        case "bleu" -> new Bleu(tokenizer(), lowercase, smoothing(), false);
                        case "chrf" -> chrf();
                        case "ter" -> new Ter(terNormalized, terNoPunct, terAsianSupport, terCaseSensitive);
                        case "multi-bleu" -> new MultiBleu(multiBleuTokenizer(), lowercase);
                        default ->
                            throw new CommandException(
                                    "--metrics must be of bleu, chrf, ter, multi-bleu, but has '" + name + "'");
                    });
        }
        return chosen;
    }

    private WordTokenizer tokenizer() {
        try {
            return WordTokenizer.named(tokenize);
        } catch (IllegalArgumentException e) {
            throw new CommandException("--tokenize: " + e.getMessage(), e);
        }
    }

    private WordTokenizer multiBleuTokenizer() throws IOException {
        if (multiBleuTokenize.equals("none")) {
            return MultiBleu.asItStands();
        }
        Abbreviations abbreviations = multiBleuPrefixes == null
                ? Abbreviations.NONE
                : Abbreviations.parse(SegmentFile.read(multiBleuPrefixes));
        try {
            return MosesTokenizer.named(multiBleuTokenize, abbreviations);
        } catch (IllegalArgumentException e) {
            throw new CommandException("--multi-bleu-tokenize: " + e.getMessage() + ", none", e);
        }
    }

    private Smoothing smoothing() {
        List<Smoothing.Method> methods = List.of(Smoothing.Method.values());
        Smoothing.Method method = methods.stream()
                .filter(each -> each.toString().equals(smoothMethod))
                .findFirst()
                .orElseThrow(() -> new CommandException("--smooth-method must be one of "
                        + methods.stream().map(Object::toString).collect(Collectors.joining(", ")) + ", but is '"
                        + smoothMethod + "'"));
        boolean hasValue = method.defaultValue() > 0;
        if (smoothValue != null && !hasValue) {
            throw new CommandException("--smooth-value is for floor and add-k only, but --smooth-method is " + method);
        }
        if (smoothValue != null && !(smoothValue > 0 && Double.isFinite(smoothValue))) {
            throw new CommandException("--smooth-value must be above 0, but is " + smoothValue);
        }
        return new Smoothing(method, smoothValue == null ? method.defaultValue() : smoothValue);
    }

    private Chrf chrf() {
        requireRange("--chrf-char-order", chrfCharOrder, 1, 20);
        requireRange("--chrf-word-order", chrfWordOrder, 0, 20);
        requireRange("--chrf-beta", chrfBeta, 1, 100);
        return new Chrf(chrfCharOrder, chrfWordOrder, chrfBeta, lowercase, chrfWhitespace);
    }

    private static void requireRange(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new CommandException(option + " must be from " + least + " to " + most + ", but is " + value);
        }
    }
}
