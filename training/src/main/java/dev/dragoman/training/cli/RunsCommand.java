package dev.dragoman.training.cli;

import dev.dragoman.training.report.DevMetrics;
import dev.dragoman.training.report.RunSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dragoman runs}: the training runs in a folder and how they stand. */
@Command(
        name = "runs",
        description = {
            "List training runs with their state and their best scores.",
            "A run is told to be running while its process lives; on another machine, while it gave a sign in the last five minutes."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class RunsCommand implements Callable<Integer> {
    /** Runs may be kept in folders of folders, but a whole disk is not searched. */
    private static final int DEPTH = 4;

    /** What a language model calls all its development texts together. */
    private static final String ALL = "all";

    /** Directions that fit into a line. */
    private static final int FEW = 4;

    private static final int SECONDS_PER_MINUTE = 60;
    private static final int SECONDS_PER_HOUR = 3600;

    @Spec
    @Nullable
    CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FOLDER",
            defaultValue = "runs",
            description = "A run, or a folder with runs in it, at most four deep (default: ${DEFAULT-VALUE}).")
    Path folder = Path.of("runs");

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            defaultValue = "NAME",
            description = "name, newest or score: the mean BLEU, then the lowest perplexity (default: name).")
    Order order = Order.NAME;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "TEXT",
            description = "text or json (default: text).")
    Format format = Format.TEXT;

    /** How runs are told. */
    enum Format {
        TEXT,
        JSON
    }

    /** Which run comes first. */
    enum Order {
        NAME(Comparator.comparing(RunSummary::folder)),
        NEWEST(Comparator.comparing(RunSummary::changed).reversed().thenComparing(RunSummary::folder)),
        SCORE(Comparator.comparingDouble(RunsCommand::score).reversed().thenComparing(RunSummary::folder));

        private final Comparator<RunSummary> comparator;

        Order(Comparator<RunSummary> comparator) {
            this.comparator = comparator;
        }
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter output = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter errors = spec.commandLine().getErr();
        if (!Files.isDirectory(folder)) {
            throw new CommandException(folder + " is not a folder");
        }
        List<RunSummary> runs = new ArrayList<>();
        int broken = 0;
        for (Path run : find(folder)) {
            try {
                runs.add(RunSummary.read(run));
            } catch (IOException e) {
                broken++;
                errors.println(run + " is left out: " + FailureHandler.message(e));
            }
        }
        runs.sort(order.comparator);
        if (format == Format.JSON) {
            output.println(RunSummary.json(runs));
        } else if (!runs.isEmpty()) {
            table(runs).forEach(output::println);
        } else if (broken == 0) {
            output.println("no runs in " + folder
                    + ": a run is a folder with run.json, which ./dragoman train --output FOLDER writes");
        }
        return ExitCode.OK;
    }

    /** The folders of runs; what is inside a run is not searched. */
    private static List<Path> find(Path folder) throws IOException {
        List<Path> runs = new ArrayList<>();
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (RunSummary.isRun(directory)) {
                    runs.add(directory);
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                // A folder that may not be read, or a link in a circle, hides no other.
                return FileVisitResult.CONTINUE;
            }
        });
        return runs;
    }

    private List<String> table(List<RunSummary> runs) {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"run", "state", "updates", "time", "tokens/s", "parameters", "best"});
        for (RunSummary run : runs) {
            rows.add(new String[] {
                name(run),
                run.state().word(),
                String.format(Locale.ROOT, "%,d of %,d", run.update(), run.updates()),
                time(run.seconds()),
                Double.isNaN(run.tokensPerSecond()) ? "-" : String.format(Locale.ROOT, "%,.0f", run.tokensPerSecond()),
                run.parameters() == 0 ? "-" : String.format(Locale.ROOT, "%,d", run.parameters()),
                best(run.best())
            });
        }
        return rows.stream().map(row -> line(row, rows)).toList();
    }

    /** Numbers to the right, words to the left. */
    private static String line(String[] row, List<String[]> rows) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.length; column++) {
            int at = column;
            int width =
                    rows.stream().mapToInt(other -> other[at].length()).max().orElse(0);
            boolean words = column < 2 || column == row.length - 1;
            String space = " ".repeat(width - row[column].length());
            line.append(words ? row[column] + space : space + row[column]).append("  ");
        }
        return line.toString().stripTrailing();
    }

    /** The way to the run, and its name where that is another. */
    private String name(RunSummary run) {
        String path = folder.relativize(Path.of(run.folder())).toString();
        String shown = path.isEmpty() ? run.folder() : path;
        return shown.equals(run.name()) ? shown : shown + " (" + run.name() + ")";
    }

    /** Of more than a few, what stands for all; JSON has each. */
    private static String best(List<DevMetrics> best) {
        if (best.isEmpty()) {
            return "-";
        }
        DevMetrics last = best.get(best.size() - 1);
        double mean = best.stream().mapToDouble(DevMetrics::bleu).average().orElse(Double.NaN);
        if (last.direction().equals(ALL)) {
            return best(last);
        }
        return best.size() > FEW && !Double.isNaN(mean)
                ? String.format(Locale.ROOT, "mean of %d directions BLEU %.2f", best.size(), mean)
                : best.stream().map(RunsCommand::best).collect(Collectors.joining(", "));
    }

    private static String best(DevMetrics metrics) {
        if (!Double.isNaN(metrics.bleu())) {
            return String.format(Locale.ROOT, "%s BLEU %.2f", metrics.direction(), metrics.bleu());
        }
        return Double.isNaN(metrics.wordPerplexity())
                ? String.format(Locale.ROOT, "%s perplexity %.2f", metrics.direction(), metrics.perplexity())
                : String.format(
                        Locale.ROOT, "%s perplexity %.2f per word", metrics.direction(), metrics.wordPerplexity());
    }

    private static String time(double seconds) {
        long rounded = Math.round(seconds);
        return String.format(
                Locale.ROOT,
                "%d:%02d:%02d",
                rounded / SECONDS_PER_HOUR,
                rounded % SECONDS_PER_HOUR / SECONDS_PER_MINUTE,
                rounded % SECONDS_PER_MINUTE);
    }

    /** Higher is better: BLEU of translation models, which come first, then minus the loss of the others. */
    private static double score(RunSummary run) {
        double bleu =
                run.best().stream().mapToDouble(DevMetrics::bleu).average().orElse(Double.NaN);
        if (!Double.isNaN(bleu)) {
            return bleu;
        }
        return -run.best().stream().mapToDouble(DevMetrics::loss).average().orElse(Double.MAX_VALUE);
    }
}
