package dev.dragoman.benchmark;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationConstraints;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.TranslationSession;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.phrase.Glossary;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.TsvCorpus;
import dev.dragoman.training.evaluation.Bleu;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code glossary}: how often a term is there that should be, what the sentences are worth with it, and what it costs. */
@Command(
        name = "glossary",
        description = "How often required and banned words are in translations, free and constrained; BLEU and cost.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class GlossaryTerms implements Callable<Integer> {
    /** Sentences that are decoded together. */
    private static final int TOGETHER = 16;

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
            defaultValue = "300",
            description = "Sentences of each sample at most (default: ${DEFAULT-VALUE}).")
    int limit = 300;

    /**
     * A sentence and the words that its translation should have.
     *
     * @param words of its reference
     */
    private record Case(String source, String reference, List<String> words) {}

    /** What came of a sample; seconds are those of {@link BenchmarkOptions#clock()}. */
    private record Outcome(List<Translation> translations, long steps, double seconds) {}

    @Override
    public Integer call() throws IOException {
        options.prepareEngine();
        Report report =
                options.report(Objects.requireNonNull(spec).commandLine().getOut(), "glossary", options.clock());
        List<String> sources = new ArrayList<>();
        List<String> references = new ArrayList<>();
        try (TsvCorpus pairs = TsvCorpus.open(corpus)) {
            for (SentencePair pair = pairs.next(); pair != null; pair = pairs.next()) {
                sources.add(pair.source());
                references.add(pair.target());
            }
        }
        List<Glossary.Term> terms = TermPairs.of(sources, references);
        LanguagePair pair = new LanguagePair(source, target);
        report.list(List.of(
                "model: " + model + ", " + pair + ", beam " + TranslationOptions.BEAM_4.beamSize(),
                "corpus: " + sources.size() + " sentences of " + corpus.getFileName() + "; " + terms.size() + " terms",
                TOGETHER + " sentences are decoded together"));
        try (Translator translator = Translator.open(model)) {
            translate(translator, pair, withTerms(sources, references, terms), free());
            measure(report, "Terms of a glossary", translator, pair, withTerms(sources, references, terms));
            measure(report, "A word of the reference", translator, pair, withWords(sources, references));
        }
        return 0;
    }

    /** Sentences that have a term, and whose references have it as the glossary says. */
    private List<Case> withTerms(List<String> sources, List<String> references, List<Glossary.Term> terms) {
        Glossary glossary = new Glossary(terms);
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < sources.size() && cases.size() < limit; i++) {
            String reference = references.get(i);
            List<String> words = glossary.targets(sources.get(i)).stream()
                    .distinct()
                    .filter(word -> TermPairs.words(reference).contains(word))
                    .limit(TranslationConstraints.MAXIMUM_REQUIRED)
                    .toList();
            if (!words.isEmpty()) {
                cases.add(new Case(sources.get(i), reference, words));
            }
        }
        return cases;
    }

    /** Sentences with any word of their references, as often as not one that the model would not have used. */
    private List<Case> withWords(List<String> sources, List<String> references) {
        Random random = new Random(1);
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < sources.size() && cases.size() < limit; i++) {
            List<String> words =
                    TermPairs.words(references.get(i)).stream().sorted().toList();
            if (!words.isEmpty()) {
                String word = words.get(random.nextInt(words.size()));
                cases.add(new Case(sources.get(i), references.get(i), List.of(word)));
            }
        }
        return cases;
    }

    private static Function<Case, TranslationOptions> free() {
        return each -> TranslationOptions.BEAM_4;
    }

    private void measure(Report report, String title, Translator translator, LanguagePair pair, List<Case> cases) {
        int words = cases.stream().mapToInt(each -> each.words().size()).sum();
        Report.Table table = report.table(
                title,
                cases.size() + " sentences, " + words + " words",
                "there",
                "missed",
                "BLEU",
                "steps",
                "ms per step");
        row(table, "free", cases, translate(translator, pair, cases, free()));
        row(table, "free, in a beam as wide as with", cases, translate(translator, pair, cases, each -> {
            int beam = required(each).beamSize();
            return TranslationOptions.BEAM_4.withBeam(beam, 1);
        }));
        row(table, "required", cases, translate(translator, pair, cases, GlossaryTerms::required));
        row(
                table,
                "banned",
                cases,
                translate(
                        translator,
                        pair,
                        cases,
                        each -> TranslationOptions.BEAM_4.withConstraints(
                                new TranslationConstraints("", each.words(), List.of()))));
    }

    private static TranslationOptions required(Case each) {
        return TranslationOptions.BEAM_4.withConstraints(new TranslationConstraints("", List.of(), each.words()));
    }

    private static void row(Report.Table table, String name, List<Case> cases, Outcome outcome) {
        int words = 0;
        int there = 0;
        int missed = 0;
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Translation.Hypothesis best =
                    outcome.translations().get(i).hypotheses().get(0);
            texts.add(best.text());
            missed += best.unmet();
            for (String word : cases.get(i).words()) {
                words++;
                there += TermPairs.words(best.text()).contains(word) ? 1 : 0;
            }
        }
        table.row(
                name,
                Figures.percent((double) there / words),
                String.valueOf(missed),
                Bleu.ofCorpus(texts, cases.stream().map(Case::reference).toList())
                        .number(2),
                String.valueOf(outcome.steps()),
                Figures.of(1e3 * outcome.seconds() / outcome.steps()));
    }

    private Outcome translate(
            Translator translator, LanguagePair pair, List<Case> cases, Function<Case, TranslationOptions> search) {
        List<CompletableFuture<Translation>> futures = new ArrayList<>();
        AtomicLong steps = new AtomicLong();
        double seconds = options.clock().time(() -> {
            try (TranslationSession session = translator.openSession()) {
                boolean going = true;
                while (going || futures.size() < cases.size()) {
                    while (futures.size() < cases.size() && session.occupancy().sentences() < TOGETHER) {
                        Case next = cases.get(futures.size());
                        futures.add(session.submit(next.source(), pair, search.apply(next)));
                    }
                    going = session.step();
                    steps.addAndGet(going ? 1 : 0);
                }
            }
        });
        return new Outcome(futures.stream().map(CompletableFuture::join).toList(), steps.get(), seconds);
    }
}
