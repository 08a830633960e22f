package dev.dragoman.benchmark;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.faithful.ProtectedSpans;
import dev.dragoman.inference.faithful.SlottedText;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.TsvCorpus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code faithful}: what of placeholders, addresses and numbers a model keeps, in which form, and what keeping all of it costs. */
@Command(
        name = "faithful",
        description =
                "What of placeholders, addresses and numbers a model keeps, shown to it as they are or as stand-ins, and what"
                        + " keeping all of them costs; loops and empty outputs. See docs/faithful-text.md.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class FaithfulText implements Callable<Integer> {
    /** What can be measured. */
    enum Part {
        FORMS,
        LADDERS,
        TAGS,
        LOOPS
    }

    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = {"-m", "--model"},
            paramLabel = "DIR",
            defaultValue = "pretrained",
            description = "Model directory (default: ${DEFAULT-VALUE}).")
    Path model = Path.of("pretrained");

    @Option(
            names = {"-c", "--corpus"},
            paramLabel = "FILE",
            required = true,
            description = "Sentence pairs, as ./dragoman evaluate takes them.")
    Path corpus = Path.of("");

    @Option(names = "--source", paramLabel = "CODE", defaultValue = "en", description = "(default: ${DEFAULT-VALUE})")
    String source = "en";

    @Option(names = "--target", paramLabel = "CODE", required = true, description = "Target language, such as fr.")
    String target = "";

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Pairs of the corpus at most (default: ${DEFAULT-VALUE}).")
    int limit = 2000;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "PART",
            defaultValue = "FORMS,LADDERS,TAGS,LOOPS",
            description = "What to measure: ${COMPLETION-CANDIDATES} (default: all).")
    List<Part> parts = List.of();

    @Override
    public Integer call() throws IOException {
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "faithful", options.clock());
        FaithfulSample whole = corpusSample();
        List<FaithfulSample> samples = List.of(whole.withSlots(), strings());
        LanguagePair pair = new LanguagePair(source, target);
        report.list(List.of(
                "model: " + model + ", " + pair + ", " + TranslationOptions.BEAM_4,
                "corpus: " + whole.sources().size() + " sentences of " + corpus.getFileName()));
        try (Translator translator = Translator.open(model)) {
            FaithfulModel measured = new FaithfulModel(translator, pair);
            if (parts.contains(Part.FORMS)) {
                FaithfulForms.renderings(report, measured, samples);
            }
            if (parts.contains(Part.LADDERS)) {
                FaithfulForms.ladders(report, measured, samples);
            }
            if (parts.contains(Part.TAGS)) {
                new FaithfulTags(whole.contents(), whole.references()).measure(report, measured);
            }
            if (parts.contains(Part.LOOPS)) {
                FaithfulLoops.measure(report, measured, whole);
            }
        }
        return 0;
    }

    private FaithfulSample corpusSample() throws IOException {
        List<SlottedText> sources = new ArrayList<>();
        List<String> references = new ArrayList<>();
        try (TsvCorpus pairs = TsvCorpus.open(corpus)) {
            for (SentencePair pair = pairs.next(); pair != null && sources.size() < limit; pair = pairs.next()) {
                sources.add(ProtectedSpans.ofSentence(pair.source()));
                references.add(pair.target());
            }
        }
        return new FaithfulSample("corpus", sources, references);
    }

    private static FaithfulSample strings() throws IOException {
        try (InputStream file = Objects.requireNonNull(FaithfulText.class.getResourceAsStream("strings.txt"))) {
            List<SlottedText> sources = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(ProtectedSpans::ofSentence)
                    .toList();
            return new FaithfulSample("strings of programs", sources, List.of());
        }
    }
}
