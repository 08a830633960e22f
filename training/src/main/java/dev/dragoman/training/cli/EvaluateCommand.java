package dev.dragoman.training.cli;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.TsvCorpus;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dragoman evaluate}: BLEU and chrF of a model on corpora. */
@Command(
        name = "evaluate",
        description =
                "Translate the sources of corpora and score the result: BLEU and chrF2 as sacreBLEU computes them.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class EvaluateCommand implements Callable<Integer> {
    @Spec
    @Nullable
    CommandSpec spec;

    @Mixin
    ModelArguments model = new ModelArguments();

    @Option(
            names = {"-c", "--corpus"},
            required = true,
            arity = "1..*",
            paramLabel = "FILE",
            description = "Corpora, each scored by itself: source, target, tab-separated; plain, .xz or .gz.")
    List<Path> corpora = List.of();

    @Mixin
    SearchArguments search = new SearchArguments();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "0",
            description = "Take the first N pairs of each corpus only; 0 takes all (default: ${DEFAULT-VALUE}).")
    int limit;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write the translations here, one a line, in the order of the corpora.")
    @Nullable
    Path output;

    @Override
    public Integer call() throws IOException {
        if (limit < 0) {
            throw new CommandException("--limit must be 0 (all) or more, but is " + limit);
        }
        TranslationOptions options = search.options(1);
        PrintWriter results = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter errors = Objects.requireNonNull(spec).commandLine().getErr();
        List<List<SentencePair>> pairs = new ArrayList<>();
        for (Path corpus : corpora) {
            pairs.add(read(corpus, errors));
        }
        try (Translator translator = Translator.open(model.model);
                BufferedWriter hypotheses = output == null ? null : Files.newBufferedWriter(output)) {
            LanguagePair direction = model.direction(translator.languagePairs());
            CorpusEvaluation evaluation = new CorpusEvaluation(translator, direction, options);
            for (int i = 0; i < corpora.size(); i++) {
                int all = pairs.get(i).size();
                CorpusEvaluation.Result result = evaluation.evaluate(
                        pairs.get(i), done -> errors.println(String.format(Locale.ROOT, "%,d of %,d", done, all)));
                print(corpora.get(i), direction, result, results, errors);
                if (hypotheses != null) {
                    write(result.hypotheses(), hypotheses);
                }
            }
        }
        return ExitCode.OK;
    }

    private List<SentencePair> read(Path file, PrintWriter errors) throws IOException {
        List<SentencePair> pairs = new ArrayList<>();
        try (TsvCorpus corpus = TsvCorpus.open(file)) {
            while (limit == 0 || pairs.size() < limit) {
                SentencePair pair = corpus.next();
                if (pair == null) {
                    break;
                }
                pairs.add(pair);
            }
            corpus.firstSkipped().forEach(line -> errors.println("left out: " + line));
        }
        if (pairs.isEmpty()) {
            throw new CommandException(file + " has no sentence pairs");
        }
        return pairs;
    }

    private void print(
            Path corpus,
            LanguagePair direction,
            CorpusEvaluation.Result result,
            PrintWriter results,
            PrintWriter errors) {
        int sentences = result.hypotheses().size();
        results.println(String.format(
                Locale.ROOT,
                "%s %s, beam %d: %,d sentences in %.1f s, %.1f sentences/s",
                corpus,
                direction,
                search.beam,
                sentences,
                result.seconds(),
                sentences / result.seconds()));
        results.println(result.bleu());
        results.println(result.chrf());
        if (result.tooLong() > 0) {
            errors.println(result.tooLong() + " sources are too long for the model and count as empty translations");
        }
    }

    private static void write(List<String> hypotheses, BufferedWriter writer) throws IOException {
        for (String hypothesis : hypotheses) {
            // A line feed inside would shift all lines behind it.
            writer.write(hypothesis.replace('\n', ' ') + "\n");
        }
    }
}
