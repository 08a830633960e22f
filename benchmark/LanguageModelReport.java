import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tables and plots of runs of language models: what experts are worth, and what happens without balance losses.
 *
 * <pre>java benchmark/LanguageModelReport.java OUT RUN...</pre>
 *
 * A RUN is the folder of {@code ./dragoman train} with the output of {@code ./dragoman perplexity} on the test files in it as {@code test.txt}. Prints
 * the tables in Markdown and writes the plots into the folder OUT. Plain JDK, no dependencies.
 */
public final class LanguageModelReport {
    /** The last updates of a run, over which the balance is averaged. */
    private static final int BALANCE_ROWS = 10;

    private record Dev(int update, double loss) {}

    private record Run(
            String name,
            int experts,
            int groups,
            int perRow,
            double importanceWeight,
            double loadWeight,
            double testPerplexity,
            double importanceCv,
            double loadCv,
            double idle,
            double overflow,
            double tokensPerSecond,
            List<Dev> dev) {}

    private LanguageModelReport() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 2) {
            System.err.println("usage: java benchmark/LanguageModelReport.java OUT RUN...");
            System.exit(2);
        }
        Path out = Files.createDirectories(Path.of(arguments[0]));
        List<Run> runs = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            runs.add(read(Path.of(arguments[i])));
        }
        table(runs);
        Files.writeString(out.resolve("perplexity-against-experts.svg"), againstExperts(runs));
        Files.writeString(out.resolve("perplexity-against-updates.svg"), againstUpdates(runs));
    }

    private static Run read(Path run) throws IOException {
        String config = Files.readString(run.resolve("model/config.json"));
        List<Dev> dev = new ArrayList<>();
        double speed = 0;
        int rows = 0;
        int update = -1;
        double sum = 0;
        int directions = 0;
        List<String> balance = new ArrayList<>();
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            if (line.startsWith("{\"kind\":\"update\"")) {
                speed += number(line, "tokensPerSecond");
                rows++;
            } else if (line.startsWith("{\"kind\":\"balance\"")) {
                balance.add(line);
            } else if (line.startsWith("{\"kind\":\"dev\"")) {
                int at = (int) number(line, "update");
                if (at != update && directions > 0) {
                    dev.add(new Dev(update, sum / directions));
                    sum = 0;
                    directions = 0;
                }
                update = at;
                sum += number(line, "loss");
                directions++;
            }
        }
        if (directions > 0) {
            dev.add(new Dev(update, sum / directions));
        }
        List<String> last = balance.subList(Math.max(0, balance.size() - BALANCE_ROWS), balance.size());
        ToDoubleFunction<String> mean = key ->
                last.stream().mapToDouble(line -> number(line, key)).average().orElse(Double.NaN);
        return new Run(
                run.getFileName().toString(),
                (int) number(config, "experts"),
                (int) number(config, "groups"),
                (int) number(config, "perRow"),
                number(config, "importanceWeight"),
                number(config, "loadWeight"),
                testPerplexity(Files.readString(run.resolve("test.txt"))),
                mean.applyAsDouble("importanceCv"),
                mean.applyAsDouble("loadCv"),
                mean.applyAsDouble("idleShare"),
                mean.applyAsDouble("overflow"),
                speed / rows,
                dev);
    }

    /** Over all files together: each file's mean weighted by its pieces. */
    private static double testPerplexity(String text) {
        Matcher matcher = Pattern.compile("([\\d,]+) pieces, [\\d,]+ words: perplexity ([\\d.,]+) per piece")
                .matcher(text);
        double sum = 0;
        double pieces = 0;
        while (matcher.find()) {
            double own = Double.parseDouble(matcher.group(1).replace(",", ""));
            sum += own * Math.log(Double.parseDouble(matcher.group(2).replace(",", "")));
            pieces += own;
        }
        return Math.exp(sum / pieces);
    }

    private static double number(String json, String key) {
        Matcher matcher = Pattern.compile("\"" + key + "\"\\s*:\\s*([-\\d.eE]+)").matcher(json);
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
    }

    private static void table(List<Run> runs) {
        System.out.println("| run | experts | groups | k | weights of the losses | test perplexity | CV(importance) | CV(load) "
                + "| max/mean rows | idle experts | tokens/s |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for (Run run : runs) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %s | %s | %s / %s | %.2f | %.2f | %.2f | %.2f | %.1f %% | %,.0f |%n",
                    run.name,
                    run.experts,
                    run.groups == 0 ? "-" : Integer.toString(run.groups),
                    run.groups == 0 ? run.perRow : run.perRow + " x " + run.perRow,
                    plain(run.importanceWeight),
                    plain(run.loadWeight),
                    run.testPerplexity,
                    run.importanceCv,
                    run.loadCv,
                    run.overflow,
                    100 * run.idle,
                    run.tokensPerSecond);
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    // ---- plots ----------------------------------------------------------------------------------------------------

    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 690;
    private static final int TOP = 30;
    private static final int BOTTOM = 360;
    private static final List<String> COLOURS =
            List.of("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#be185d", "#65a30d");

    private static String againstExperts(List<Run> runs) {
        List<Run> balanced =
                runs.stream().filter(run -> run.importanceWeight == run.loadWeight && run.loadWeight > 0).toList();
        double[] y = range(balanced.stream().mapToDouble(Run::testPerplexity).toArray());
        double most = Math.log(balanced.stream().mapToInt(Run::experts).max().orElse(4));
        double least = Math.log(balanced.stream().mapToInt(Run::experts).min().orElse(4));
        StringBuilder svg = open("Test perplexity at equal work per token", "experts (logarithmic)", "perplexity per piece");
        axis(svg, y);
        for (boolean flat : new boolean[] {true, false}) {
            List<Run> line = balanced.stream()
                    .filter(run -> (run.groups == 0) == flat)
                    .sorted((a, b) -> Integer.compare(a.experts, b.experts))
                    .toList();
            if (line.isEmpty()) {
                continue;
            }
            String colour = COLOURS.get(flat ? 0 : 1);
            List<double[]> points = new ArrayList<>();
            for (Run run : line) {
                boolean below = balanced.stream()
                        .noneMatch(other -> other.experts == run.experts && other.testPerplexity < run.testPerplexity);
                double px = LEFT + 30 + (Math.log(run.experts) - least) / (most - least) * (RIGHT - LEFT - 60);
                double py = BOTTOM - (run.testPerplexity - y[0]) / (y[1] - y[0]) * (BOTTOM - TOP);
                points.add(new double[] {px, py});
                svg.append(String.format(
                        Locale.ROOT,
                        "<circle cx='%.1f' cy='%.1f' r='4' fill='%s'/><text x='%.1f' y='%.1f' text-anchor='middle'>%.1f</text>%n",
                        px, py, colour, px, below ? py + 20 : py - 10, run.testPerplexity));
                svg.append(String.format(
                        Locale.ROOT,
                        "<text x='%.1f' y='%d' text-anchor='middle'>%,d</text>%n", px, BOTTOM + 18, run.experts));
            }
            polyline(svg, points, colour);
            svg.append(String.format(
                    "<text x='%d' y='%d' fill='%s' style='fill:%s'>%s</text>%n",
                    RIGHT - 150, TOP + (flat ? 0 : 18), colour, colour, flat ? "one level" : "two levels"));
        }
        return svg.append("</svg>\n").toString();
    }

    private static String againstUpdates(List<Run> runs) {
        List<Run> balanced =
                runs.stream().filter(run -> run.importanceWeight == run.loadWeight && run.loadWeight > 0).toList();
        double[] y = range(balanced.stream()
                .flatMap(run -> run.dev.stream())
                .mapToDouble(dev -> dev.loss)
                .toArray());
        int updates = balanced.stream()
                .flatMap(run -> run.dev.stream())
                .mapToInt(Dev::update)
                .max()
                .orElse(1);
        StringBuilder svg = open("Loss on the development text while training", "updates", "nats per piece");
        axis(svg, y);
        for (int i = 0; i < balanced.size(); i++) {
            String colour = COLOURS.get(i % COLOURS.size());
            List<double[]> points = new ArrayList<>();
            for (Dev dev : balanced.get(i).dev) {
                points.add(new double[] {
                    LEFT + (double) dev.update / updates * (RIGHT - LEFT),
                    BOTTOM - (dev.loss - y[0]) / (y[1] - y[0]) * (BOTTOM - TOP)
                });
            }
            polyline(svg, points, colour);
            svg.append(String.format(
                    "<text x='%d' y='%d' style='fill:%s'>%s</text>%n",
                    RIGHT - 110, TOP + 16 * i, colour, balanced.get(i).name));
        }
        for (int i = 0; i <= 4; i++) {
            svg.append(String.format(
                    "<text x='%d' y='%d' text-anchor='middle'>%,d</text>%n",
                    LEFT + i * (RIGHT - LEFT) / 4, BOTTOM + 18, updates * i / 4));
        }
        return svg.append("</svg>\n").toString();
    }

    private static double[] range(double[] values) {
        double least = Double.MAX_VALUE;
        double most = -Double.MAX_VALUE;
        for (double value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        double margin = (most - least) * 0.1 + 1e-9;
        return new double[] {least - margin, most + margin};
    }

    private static StringBuilder open(String title, String x, String y) {
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' height='%d' role='img'>%n"
                        + "<title>%s</title>%n<style>text{font:13px sans-serif;fill:#333}.line{stroke:#999}"
                        + "@media(prefers-color-scheme:dark){text{fill:#ddd}.paper{fill:#161b22}}</style>%n"
                        + "<rect class='paper' width='%d' height='%d' fill='white'/>%n"
                        + "<text x='%d' y='18' text-anchor='middle' style='font-weight:bold'>%s</text>%n"
                        + "<text x='%d' y='%d' text-anchor='middle'>%s</text>%n"
                        + "<text x='16' y='%d' text-anchor='middle' transform='rotate(-90 16 %d)'>%s</text>%n",
                WIDTH, HEIGHT, WIDTH, HEIGHT, title, WIDTH, HEIGHT, (LEFT + RIGHT) / 2, title, (LEFT + RIGHT) / 2,
                HEIGHT - 18, x, (TOP + BOTTOM) / 2, (TOP + BOTTOM) / 2, y));
        return svg;
    }

    private static void axis(StringBuilder svg, double[] y) {
        for (int i = 0; i <= 4; i++) {
            int at = BOTTOM - i * (BOTTOM - TOP) / 4;
            double value = y[0] + i * (y[1] - y[0]) / 4;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class='line' x1='%d' x2='%d' y1='%d' y2='%d' stroke-opacity='0.4'/><text x='%d' y='%d' text-anchor='end'>%s</text>%n",
                    LEFT, RIGHT, at, at, LEFT - 8, at + 4,
                    String.format(Locale.ROOT, y[1] < 20 ? "%.2f" : "%.0f", value)));
        }
    }

    private static void polyline(StringBuilder svg, List<double[]> points, String colour) {
        StringBuilder path = new StringBuilder();
        for (double[] point : points) {
            path.append(String.format(Locale.ROOT, "%.1f,%.1f ", point[0], point[1]));
        }
        svg.append(String.format(
                "<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>%n", path.toString().trim(), colour));
    }
}
