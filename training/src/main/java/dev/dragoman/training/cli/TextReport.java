package dev.dragoman.training.cli;

import dev.dragoman.training.evaluation.Decimal;
import dev.dragoman.training.evaluation.PairedScore;
import dev.dragoman.training.evaluation.Score;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** For people: scores in the lines of sacreBLEU, systems in a table, sentences tab-separated. */
final class TextReport implements EvaluationReport {
    private static final double SIGNIFICANT = 0.05;

    private final PrintWriter output;
    private final int digits;

    TextReport(PrintWriter output, int digits) {
        this.output = output;
        this.digits = digits;
    }

    @Override
    public void single(EvaluatedSystem system) {
        if (system.run() != null) {
            print(system.name(), system.segments(), system.run());
        }
        system.scores().forEach(score -> output.println(score.score().format(digits)));
        if (!system.sentences().isEmpty()) {
            sentences(system.sentences());
        }
    }

    private void print(String name, int segments, EvaluatedSystem.ModelRun run) {
        output.println(String.format(
                Locale.ROOT,
                "%s %s, beam %d: %,d sentences in %.1f s, %.1f sentences/s",
                name,
                run.direction(),
                run.beam(),
                segments,
                run.seconds(),
                segments / run.seconds()));
        EvaluatedSystem.Perplexity perplexity = run.perplexity();
        if (perplexity != null) {
            output.println(String.format(
                    Locale.ROOT,
                    "perplexity of the references: %.3f per piece, %.3f per word (%,d pieces, %,d words)",
                    perplexity.perPiece(),
                    perplexity.perWord(),
                    perplexity.likelihood().tokens(),
                    perplexity.words()));
        }
    }

    private void sentences(List<List<Score>> byMetric) {
        byMetric.forEach(scores -> output.println(
                "# " + scores.get(0).metric() + "|" + scores.get(0).signature()));
        output.println(byMetric.stream()
                .map(scores -> scores.get(0).metric())
                .collect(Collectors.joining("\t", "segment\t", "")));
        for (int i = 0; i < byMetric.get(0).size(); i++) {
            int segment = i;
            output.println(byMetric.stream()
                    .map(scores -> Decimal.format(scores.get(segment).score(), digits))
                    .collect(Collectors.joining("\t", segment + 1 + "\t", "")));
        }
    }

    @Override
    public void compared(List<EvaluatedSystem> systems) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("System"));
        systems.get(0).scores().forEach(score -> head.add(score.score().metric()));
        rows.add(head);
        for (EvaluatedSystem system : systems) {
            List<String> row = new ArrayList<>(List.of(system.name()));
            for (int metric = 0; metric < system.scores().size(); metric++) {
                row.add(cell(
                        system.scores().get(metric), systems.get(0).scores().get(metric)));
            }
            rows.add(row);
        }
        table(rows);
        systems.get(0)
                .scores()
                .forEach(score -> output.println(
                        score.score().metric() + "|" + score.score().signature()));
        if (systems.stream().anyMatch(system -> system.scores().get(0).pValue() != null)) {
            output.println("μ ± half the 95 % interval over the samples; p is how likely so large a difference from "
                    + systems.get(0).name() + " comes about by chance, * if below " + SIGNIFICANT);
        }
    }

    private String cell(PairedScore score, PairedScore baseline) {
        String number = score.score().number(digits);
        Double pValue = score.pValue();
        if (pValue == null) {
            return number;
        }
        // Of equal outputs no sample differs by more than 0, which gives the smallest p there is; but nothing is
        // significant.
        boolean differs = score.score().score() != baseline.score().score();
        return number + " (p = " + Decimal.format(pValue, 4) + ")" + (differs && pValue <= SIGNIFICANT ? "*" : "");
    }

    private void table(List<List<String>> rows) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(each -> each.get(at).length())
                        .max()
                        .orElse(0);
                String text = row.get(column);
                line.append(text).append(" ".repeat(width - text.length() + 2));
            }
            output.println(line.toString().stripTrailing());
        }
    }

    @Override
    public void end() {}
}
