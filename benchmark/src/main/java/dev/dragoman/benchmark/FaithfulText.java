package dev.dragoman.benchmark;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.faithful.Degeneration;
import dev.dragoman.inference.faithful.FaithfulTranslation;
import dev.dragoman.inference.faithful.Ladder;
import dev.dragoman.inference.faithful.ProtectedSpans;
import dev.dragoman.inference.faithful.Rendering;
import dev.dragoman.inference.faithful.Rung;
import dev.dragoman.inference.faithful.Slot;
import dev.dragoman.inference.faithful.SlottedText;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.TsvCorpus;
import dev.dragoman.training.evaluation.Bleu;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
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
    private static final Pattern ADDRESS = Pattern.compile("(?i).*(?:://|@|www\\.|[a-z]\\.[a-z]{2,}).*");
    private static final Pattern NUMBER = Pattern.compile("[-+v]?\\p{Nd}.*");

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

    /** Sentences with what has to arrive in them. */
    private record Sample(String name, List<SlottedText> sources, List<String> references) {}

    @Override
    public Integer call() throws IOException {
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "faithful", options.clock());
        Sample whole = corpusSample();
        List<Sample> samples = List.of(withSlots(whole), strings());
        LanguagePair pair = new LanguagePair(source, target);
        report.list(List.of(
                "model: " + model + ", " + pair + ", " + TranslationOptions.BEAM_4,
                "corpus: " + whole.sources().size() + " sentences of " + corpus.getFileName()));
        try (Translator translator = Translator.open(model)) {
            FaithfulModel measured = new FaithfulModel(translator, pair);
            renderings(report, measured, samples);
            ladders(report, measured, samples);
            new FaithfulTags(contents(whole), whole.references()).measure(report, measured);
            degenerations(report, measured, whole);
        }
        return 0;
    }

    private Sample corpusSample() throws IOException {
        List<SlottedText> sources = new ArrayList<>();
        List<String> references = new ArrayList<>();
        try (TsvCorpus pairs = TsvCorpus.open(corpus)) {
            for (SentencePair pair = pairs.next(); pair != null && sources.size() < limit; pair = pairs.next()) {
                sources.add(ProtectedSpans.ofSentence(pair.source()));
                references.add(pair.target());
            }
        }
        return new Sample("corpus", sources, references);
    }

    private static Sample withSlots(Sample sample) {
        int[] chosen = IntStream.range(0, sample.sources().size())
                .filter(i -> !sample.sources().get(i).slots().isEmpty())
                .toArray();
        return new Sample(
                sample.name(),
                IntStream.of(chosen).mapToObj(sample.sources()::get).toList(),
                IntStream.of(chosen).mapToObj(sample.references()::get).toList());
    }

    private static Sample strings() throws IOException {
        try (InputStream file = Objects.requireNonNull(FaithfulText.class.getResourceAsStream("strings.txt"))) {
            List<SlottedText> sources = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(ProtectedSpans::ofSentence)
                    .toList();
            return new Sample("strings of programs", sources, List.of());
        }
    }

    private static String kind(Slot slot) {
        return ADDRESS.matcher(slot.content()).matches()
                ? "addresses"
                : NUMBER.matcher(slot.content()).matches() ? "numbers" : "placeholders";
    }

    /** The share of sentences in which all arrives, by what is in them, with one rung alone. */
    private static void renderings(Report report, FaithfulModel model, List<Sample> samples) {
        Report.Table table = report.table(
                "What arrives",
                "sentences",
                "shown as",
                "all",
                "with numbers",
                "with placeholders",
                "with addresses",
                "BLEU");
        for (Sample sample : samples) {
            for (Rendering rendering : Rendering.values()) {
                List<Translation> translations = model.translate(
                        sample.sources().stream().map(rendering::render).toList());
                List<Boolean> whole = new ArrayList<>();
                List<String> texts = new ArrayList<>();
                for (int i = 0; i < translations.size(); i++) {
                    SlottedText source = sample.sources().get(i);
                    String output = translations.get(i).text();
                    SlottedText text = rendering.parse(
                            source, translations.get(i).hypotheses().get(0));
                    whole.add(text != null
                            && text.slots().size() == source.slots().size());
                    texts.add(text == null ? output : text.content());
                }
                table.row(
                        sample.name() + ", " + sample.sources().size(),
                        rendering.name(),
                        share(sample, whole, null),
                        share(sample, whole, "numbers"),
                        share(sample, whole, "placeholders"),
                        share(sample, whole, "addresses"),
                        bleu(texts, sample.references()));
            }
        }
    }

    private static String share(Sample sample, List<Boolean> whole, @Nullable String kind) {
        int[] chosen = IntStream.range(0, whole.size())
                .filter(i -> kind == null
                        || sample.sources().get(i).slots().stream()
                                .anyMatch(slot -> kind(slot).equals(kind)))
                .toArray();
        long arrived = IntStream.of(chosen).filter(whole::get).count();
        return chosen.length == 0
                ? "-"
                : String.format(Locale.ROOT, "%.1f %% of %d", 100.0 * arrived / chosen.length, chosen.length);
    }

    /** What it costs that all of it arrives. */
    private static void ladders(Report report, FaithfulModel model, List<Sample> samples) {
        Report.Table table = report.table(
                "Ladders",
                "sentences",
                "first shown as",
                "sound at once",
                "at the second",
                "later",
                "flagged",
                "BLEU",
                "seconds");
        for (Sample sample : samples) {
            for (Rendering rendering : Rendering.values()) {
                List<Rung> rungs = new ArrayList<>(Ladder.DEFAULT.rungs());
                if (rendering != Rendering.AS_IT_IS) {
                    rungs.set(0, new Rung(Rung.Cut.NOWHERE, rendering, false));
                    rungs.set(1, new Rung(Rung.Cut.NOWHERE, Rendering.NUMBER, true));
                }
                long begin = System.nanoTime();
                List<FaithfulTranslation> translations = model.translate(sample.sources(), new Ladder(rungs));
                double seconds = (System.nanoTime() - begin) / 1e9;
                table.row(
                        sample.name(),
                        rendering.name(),
                        count(translations, 1, 1),
                        count(translations, 2, 2),
                        count(translations, 3, rungs.size()),
                        String.valueOf(translations.stream()
                                .filter(FaithfulTranslation::degenerate)
                                .count()),
                        bleu(texts(translations), sample.references()),
                        String.format(Locale.ROOT, "%.1f", seconds));
            }
        }
    }

    private static List<String> texts(List<FaithfulTranslation> translations) {
        return translations.stream()
                .map(translation -> translation.best().text().content())
                .toList();
    }

    private static String count(List<FaithfulTranslation> translations, int from, int to) {
        return String.valueOf(translations.stream()
                .filter(translation ->
                        !translation.degenerate() && translation.attempts() >= from && translation.attempts() <= to)
                .count());
    }

    /** How often a search ends with no translation, how often that is said of a human's, and what trying again is good for. */
    private static void degenerations(Report report, FaithfulModel model, Sample sample) {
        List<String> sources = contents(sample);
        List<Translation> first = model.translate(sources);
        List<FaithfulTranslation> last = model.translate(sample.sources(), Ladder.DEFAULT);
        Map<Degeneration, Integer> found = new EnumMap<>(Degeneration.class);
        Map<Degeneration, Integer> ofReferences = new EnumMap<>(Degeneration.class);
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            String text = first.get(i).text();
            int tokens = first.get(i).sourceTokens();
            Degeneration degeneration = Degeneration.of(
                    sources.get(i), tokens, first.get(i).hypotheses().get(0));
            if (degeneration != null) {
                found.merge(degeneration, 1, Integer::sum);
                FaithfulTranslation end = last.get(i);
                shown.add(sources.get(i) + "\n  - " + degeneration + ": " + text + "\n  - "
                        + end.best().text().content() + " (" + end.attempts() + " tried"
                        + (end.degenerate() ? ", flagged)" : ")"));
            }
            Degeneration ofReference = Degeneration.of(
                    sources.get(i), tokens, model.hypothesis(sample.references().get(i)));
            if (ofReference != null) {
                ofReferences.merge(ofReference, 1, Integer::sum);
            }
        }
        Report.Table table = report.table("Loops and empty outputs", "translations", "found", "BLEU");
        table.row("human", ofReferences.toString(), "");
        table.row(
                "as the model makes them",
                found.toString(),
                bleu(first.stream().map(Translation::text).toList(), sample.references()));
        table.row(
                "after the ladder",
                last.stream().filter(FaithfulTranslation::degenerate).count() + " flagged",
                bleu(texts(last), sample.references()));
        report.line("");
        report.list(shown);
    }

    private static List<String> contents(Sample sample) {
        return sample.sources().stream().map(SlottedText::content).toList();
    }

    private static String bleu(List<String> texts, List<String> references) {
        return references.isEmpty() ? "" : Bleu.ofCorpus(texts, references).number(2);
    }
}
