package dev.dragoman.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ReportPageTest {
    private static final String EVIL =
            "</script><script>alert(1)</script><!-- & \u2028 \u202E \u0000 {{script}} <img src=x>";

    @TempDir
    Path directory;

    @Test
    void write_curvesLoadsAndSamples() throws IOException {
        RunOverview overview = new RunOverview();
        overview.add(new SessionMetrics(0, 40, "toy", "2026-03-01T12:00:00Z"));
        overview.add(update(10, 2));
        overview.add(new BalanceMetrics(10, "encoder.mixture1", 0.5, 0.25, 0, 2));
        overview.add(new LoadMetrics(10, "encoder.mixture1", 10, 2, List.of(1.25, 0.75), List.of()));
        overview.add(dev(10, "en-fr", 12));
        overview.add(new SampleMetrics(10, "en-fr", 0, "one", "un", "une"));
        overview.add(new SessionMetrics(10, 40, "toy", "2026-03-02T12:00:00Z"));
        overview.add(update(20, 1));
        overview.add(dev(20, "en-fr", 11));
        overview.add(new SampleMetrics(20, "en-fr", 0, "one", "un", "un"));

        JsonNode content = content(write(overview, run("toy")));
        assertThat(content.at("/run/state").asString()).isEqualTo("running");
        assertThat(content.at("/run/began").asString()).isEqualTo("2026-03-01T12:00:00Z");
        assertThat(content.at("/sessions/1/update").asInt()).isEqualTo(10);
        assertThat(content.at("/training/update").toString()).isEqualTo("[10,20]");
        assertThat(content.at("/training/loss").toString()).isEqualTo("[2,1]");
        assertThat(content.at("/training/perplexity/1").asDouble()).isEqualTo(2.7183);
        assertThat(content.at("/training").has("lossLow")).isFalse();
        assertThat(content.at("/training").has("loadCv")).isFalse();
        assertThat(content.at("/development/0/bleu").toString()).isEqualTo("[12,11]");
        assertThat(content.at("/best/0/bleu").asInt()).isEqualTo(12);
        assertThat(content.at("/best/0/update").asInt()).isEqualTo(10);
        assertThat(content.at("/best/0/latestBleu").asInt()).isEqualTo(11);
        assertThat(content.at("/balance/0/loadCv").toString()).isEqualTo("[0.25]");
        assertThat(content.at("/loads/0/shares").toString()).isEqualTo("[[125],[75]]");
        assertThat(content.at("/samples/updates").toString()).isEqualTo("[10,20]");
        assertThat(content.at("/samples/sentences/0/translations").toString()).isEqualTo("[\"une\",\"un\"]");
    }

    @Test
    void write_languageModelWithoutExperts() throws IOException {
        RunOverview overview = new RunOverview();
        overview.add(update(10, 2));
        double none = Double.NaN;
        overview.add(new DevMetrics(10, 0, 5, "dev source", 2, 7.389, 27.5, none, none));
        overview.add(new DevMetrics(20, 0, 5, "dev source", 1.5, 4.5, 20, none, none));
        overview.add(new DevMetrics(30, 0, 5, "dev source", 1.75, 5, 22, none, none));
        JsonNode content = content(write(overview, run("lm")));
        assertThat(content.at("/development/0").has("bleu")).isFalse();
        assertThat(content.at("/best/0/bleu").isNull()).isTrue();
        assertThat(content.at("/best/0/wordPerplexity").asInt()).isEqualTo(20);
        assertThat(content.at("/loads").size()).isZero();
        assertThat(content.at("/balance").size()).isZero();
        assertThat(content.at("/samples/sentences").size()).isZero();
    }

    @Test
    void write_beforeTheFirstReport() throws IOException {
        assertThat(content(write(new RunOverview(), run("toy")))
                        .at("/training/update")
                        .size())
                .isZero();
    }

    /** Whatever a corpus or a network says: it ends no element, begins none, and no character of it is invisible. */
    @Test
    void write_textIsNeverMarkup() throws IOException {
        RunOverview overview = new RunOverview();
        overview.add(update(10, 2));
        overview.add(new BalanceMetrics(10, EVIL, 0.5, 0.25, 0, 2));
        overview.add(new LoadMetrics(10, EVIL, 10, 1, List.of(1.0), List.of()));
        overview.add(dev(10, EVIL, 12));
        overview.add(new SampleMetrics(10, EVIL, 0, EVIL, EVIL, EVIL));
        String page = write(overview, run(EVIL));
        String plain = write(new RunOverview(), run("toy"));
        assertThat(count(page, "(?i)</?script"))
                .isEqualTo(count(plain, "(?i)</?script"))
                .isEqualTo(4);
        assertThat(count(page, "<!--")).isZero();
        assertThat(count(page, "<img")).isZero();
        assertThat(page).doesNotContain("\u2028", "\u202E", "\u0000");
        assertThat(count(page, "Content-Security-Policy")).isEqualTo(1);
        JsonNode sample = content(page).at("/samples/sentences/0");
        assertThat(sample.at("/source").asString())
                .isEqualTo("</script><script>alert(1)</script><!-- & \uFFFD \uFFFD \u2400 {{script}} <img src=x>");
    }

    @Test
    void write_needsNothingElse() throws IOException {
        String page = write(new RunOverview(), run("toy"));
        assertThat(page).contains("default-src 'none'").doesNotContain("src=\"", "@import", "url(http", "fetch(");
        assertThat(count(page, "https?://(?!www\\.w3\\.org/2000/svg)")).isZero();
    }

    /** A million updates, a report every ten, a validation every thousand, three directions, two layers of 2,048 experts, six of 32. */
    @Test
    void write_ofAMillionUpdatesIsSmall() throws IOException {
        RunOverview overview = new RunOverview();
        Random random = new Random(1);
        int stretch = LoadAccumulator.updatesPerStretch(1_000_000, 10);
        for (int update = 10; update <= 1_000_000; update += 10) {
            overview.add(update(update, 2 + random.nextDouble()));
            for (int layer = 0; layer < 8; layer++) {
                String name = "encoder.mixture" + layer;
                overview.add(new BalanceMetrics(update, name, random.nextDouble(), random.nextDouble(), 0.1, 2));
                if (update % stretch == 0) {
                    boolean grouped = layer < 2;
                    overview.add(new LoadMetrics(
                            update,
                            name,
                            stretch,
                            grouped ? 2048 : 32,
                            shares(random, grouped ? 128 : 32),
                            shares(random, grouped ? 128 : 0)));
                }
            }
            if (update % 1000 == 0) {
                for (String direction : List.of("en-fr", "en-de", "en-es")) {
                    overview.add(dev(update, direction, 40 * random.nextDouble()));
                    for (int sentence = 0; sentence < 3; sentence++) {
                        overview.add(new SampleMetrics(
                                update, direction, sentence, "x".repeat(300), "y".repeat(300), "z".repeat(300)));
                    }
                }
            }
        }
        long begin = System.nanoTime();
        write(overview, run("long"));
        assertThat(Files.size(directory.resolve("report.html"))).isBetween(200_000L, 1_500_000L);
        // Some tens of milliseconds on an idle machine.
        assertThat((System.nanoTime() - begin) / 1e9).isLessThan(10);
    }

    private static List<Double> shares(Random random, int count) {
        List<Double> shares = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            shares.add(Math.round(random.nextDouble() * 200) / 100.0);
        }
        return shares;
    }

    private String write(RunOverview overview, RunFile run) throws IOException {
        Path file = directory.resolve("report.html");
        ReportPage.write(overview, run, file);
        return Files.readString(file);
    }

    private static JsonNode content(String page) {
        Matcher script = Pattern.compile(
                        "<script type=\"application/json\" id=\"content\">(.*?)</script>", Pattern.DOTALL)
                .matcher(page);
        assertThat(script.find()).isTrue();
        return MetricsJson.MAPPER.readTree(script.group(1));
    }

    private static long count(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).results().count();
    }

    private static RunFile run(String name) {
        return new RunFile(
                RunFile.FORMAT,
                name,
                RunState.RUNNING,
                1000,
                20,
                40,
                10,
                900,
                "2026-03-01T12:00:00Z",
                "2026-03-02T12:00:00Z",
                "host",
                1);
    }

    private static UpdateMetrics update(long update, double loss) {
        double none = Double.NaN;
        return new UpdateMetrics(update, 0, update * 0.5, 900, loss, loss, 1e-3, 1, none, none, none, none, 0);
    }

    private static DevMetrics dev(long update, String direction, double bleu) {
        return DevMetrics.ofLoss(update, 0, update * 0.5, direction, 2).withScores(bleu, 2 * bleu);
    }
}
