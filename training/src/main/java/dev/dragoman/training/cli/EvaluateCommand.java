package dev.dragoman.training.cli;

import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.TsvCorpus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dragoman evaluate}: scores of a model on corpora, or of translations that are there. */
@Command(
        name = "evaluate",
        description = {
            "Translate the sources of corpora and score the result, or score the files of --hypotheses: BLEU, chrF and TER as"
                    + " sacreBLEU computes them, and multi-BLEU as Moses does.",
            "Of a model it also tells the perplexity of the references."
        },
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
            arity = "1..*",
            paramLabel = "FILE",
            description = {
                "Corpora, each scored by itself: source, target, tab-separated; plain, .xz or .gz. With --hypotheses one, whose"
                        + " targets are the references."
            })
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
            description = "Write the model's translations here, one a line, in the order of the corpora.")
    @Nullable
    Path output;

    @Option(names = "--no-perplexity", description = "Leave the perplexity of the references out.")
    boolean noPerplexity;

    @Option(
            names = "--hypotheses",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Score these translations instead of a model's, one system a file, one sentence a line.")
    List<Path> hypotheses = List.of();

    @Option(
            names = "--references",
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "References of --hypotheses, one sentence a line; several files are several references of each sentence.")
    List<Path> references = List.of();

    @Mixin
    MetricArguments metrics = new MetricArguments();

    @Mixin
    ReportArguments report = new ReportArguments();

    @Override
    public Integer call() throws IOException {
        CommandSpec command = Objects.requireNonNull(spec);
        validate(command);
        PrintWriter errors = command.commandLine().getErr();
        PrintWriter results = command.commandLine().getOut();
        Scoring scoring = new Scoring(metrics.metrics(), report);
        EvaluationReport printed = report.format == ReportArguments.Format.JSON
                ? new JsonReport(results, report.width)
                : new TextReport(results, report.width);
        List<List<SentencePair>> pairs = new ArrayList<>();
        for (Path corpus : corpora) {
            pairs.add(read(corpus, errors));
        }
        if (hypotheses.isEmpty()) {
            new ModelEvaluation(model, search, !noPerplexity, output, errors).run(corpora, pairs, scoring, printed);
        } else {
            FileEvaluation files = pairs.isEmpty()
                    ? FileEvaluation.of(references)
                    : new FileEvaluation(corpora.get(0), List.of(ModelEvaluation.targets(pairs.get(0))));
            files.run(hypotheses, report.pairedBootstrap, scoring, printed, errors);
        }
        printed.end();
        return ExitCode.OK;
    }

    private void validate(CommandSpec command) {
        if (hypotheses.isEmpty() && corpora.isEmpty()) {
            throw new ParameterException(
                    command.commandLine(), "Missing: --corpus for a model, or --hypotheses and --references");
        }
        if (limit < 0) {
            throw new CommandException("--limit must be 0 (all) or more, but is " + limit);
        }
        report.validate();
        report.bootstrap();
        if (hypotheses.isEmpty()) {
            requireAbsent(!references.isEmpty(), "--references", "--corpus has its own references");
            requireAbsent(report.pairedBootstrap, "--paired-bootstrap", "it compares files of --hypotheses");
            return;
        }
        boolean modelNamed = command.commandLine().getParseResult().hasMatchedOption("--model");
        requireAbsent(modelNamed, "--model", "--hypotheses are scored without one");
        requireAbsent(output != null, "--output", "--hypotheses are translations already");
        if (references.isEmpty() ? corpora.size() != 1 : !corpora.isEmpty()) {
            throw new CommandException("--hypotheses need either --references or one --corpus, but there are "
                    + references.size() + " and " + corpora.size());
        }
        if (hypotheses.size() > 1 && report.sentenceLevel) {
            throw new CommandException(
                    "--sentence-level is for one file of --hypotheses, but there are " + hypotheses.size());
        }
        if (hypotheses.size() < 2 && report.pairedBootstrap) {
            throw new CommandException("--paired-bootstrap needs at least 2 files of --hypotheses, but there is 1");
        }
    }

    private static void requireAbsent(boolean present, String option, String reason) {
        if (present) {
            throw new CommandException(option + " must be left out: " + reason);
        }
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
}
