package dev.dragoman.training.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the report's script draws, as maps and lists that become JSON. Numbers have five digits, more than a screen can show. */
final class ReportContent {
    private static final MathContext DIGITS = new MathContext(5);
    /** Cells of all heat maps together, some four characters each. */
    private static final int CELLS = 120_000;
    /** Points of all directions together, and of all layers. */
    private static final int POINTS = 4_000;

    private static final int SESSIONS = 200;

    private ReportContent() {}

    static Map<String, @Nullable Object> of(RunOverview overview, RunFile run) {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        content.put("run", run(overview, run));
        List<SessionMetrics> sessions = overview.sessions();
        content.put(
                "sessions",
                sessions.subList(Math.max(0, sessions.size() - SESSIONS), sessions.size()).stream()
                        .map(session -> Map.of("update", session.update(), "time", session.time()))
                        .toList());
        content.put("training", curves(overview.training(), Integer.MAX_VALUE, true));
        content.put("development", each(overview.development()));
        content.put("best", best(overview));
        content.put("balance", each(overview.balances()));
        content.put("loads", loads(overview));
        content.put("samples", samples(overview.samples()));
        return content;
    }

    private static Map<String, @Nullable Object> run(RunOverview overview, RunFile run) {
        UpdateMetrics last = overview.last();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("name", PlainText.of(run.name()));
        values.put("state", run.state().word());
        values.put("parameters", run.parameters());
        values.put("update", run.update());
        values.put("updates", run.updates());
        values.put("epoch", last == null ? 0 : last.epoch());
        values.put("seconds", run.seconds());
        values.put("began", run.began());
        values.put("written", run.changed());
        return values;
    }

    private static List<Map<String, @Nullable Object>> each(Map<String, Curves> all) {
        List<Map<String, @Nullable Object>> each = new ArrayList<>();
        int perCurve = Math.max(20, POINTS / Math.max(1, all.size()));
        all.forEach((name, curves) -> {
            Map<String, @Nullable Object> named = new LinkedHashMap<>();
            named.put("name", PlainText.of(name));
            named.putAll(curves(curves, perCurve, false));
            each.add(named);
        });
        return each;
    }

    /** The values by name, those that were never measured left out; lows and highs only where a point is of several reports. */
    private static Map<String, @Nullable Object> curves(Curves curves, int most, boolean range) {
        List<Curves.Point> points = some(curves.points(), most);
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("update", points.stream().map(Curves.Point::update).toList());
        values.put(
                "seconds",
                points.stream().map(point -> Math.round(point.seconds())).toList());
        for (int i = 0; i < curves.names().size(); i++) {
            int value = i;
            if (curves.has(i)) {
                String name = curves.names().get(i);
                values.put(
                        name,
                        points.stream().map(point -> short5(point.mean(value))).toList());
                if (range && curves.reportsPerPoint() > 1) {
                    values.put(
                            name + "Low",
                            points.stream()
                                    .map(point -> short5(point.least(value)))
                                    .toList());
                    values.put(
                            name + "High",
                            points.stream()
                                    .map(point -> short5(point.greatest(value)))
                                    .toList());
                }
            }
        }
        return values;
    }

    private static List<Map<String, @Nullable Object>> best(RunOverview overview) {
        List<Map<String, @Nullable Object>> each = new ArrayList<>();
        overview.best().forEach((direction, best) -> {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            values.put("name", PlainText.of(direction));
            values.put("update", best.metrics().update());
            values.put("loss", short5(best.metrics().loss()));
            values.put("perplexity", short5(best.metrics().perplexity()));
            values.put("wordPerplexity", short5(best.metrics().wordPerplexity()));
            values.put("bleu", short5(best.metrics().bleu()));
            values.put("chrf", short5(best.metrics().chrf()));
            values.put("latestUpdate", best.latest().update());
            values.put("latestPerplexity", short5(best.latest().perplexity()));
            values.put("latestBleu", short5(best.latest().bleu()));
            each.add(values);
        });
        return each;
    }

    /** Shares in hundredths, a list for every expert or group of them. */
    private static List<Map<String, @Nullable Object>> loads(RunOverview overview) {
        int rows = overview.loads().values().stream()
                .mapToInt(loads ->
                        loads.shares().names().size() + loads.busiest().names().size())
                .sum();
        int columns = Math.max(16, CELLS / Math.max(1, rows));
        List<Map<String, @Nullable Object>> each = new ArrayList<>();
        overview.loads().forEach((layer, loads) -> {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            List<Curves.Point> points = some(loads.shares().points(), columns);
            values.put("layer", PlainText.of(layer));
            values.put("experts", loads.latest().experts());
            values.put("perShare", loads.latest().expertsPerShare());
            values.put("update", points.stream().map(Curves.Point::update).toList());
            values.put(
                    "seconds",
                    points.stream().map(point -> Math.round(point.seconds())).toList());
            values.put("shares", hundredths(points, loads.shares().names().size()));
            values.put(
                    "busiest",
                    hundredths(
                            some(loads.busiest().points(), columns),
                            loads.busiest().names().size()));
            each.add(values);
        });
        return each;
    }

    private static List<List<Long>> hundredths(List<Curves.Point> points, int shares) {
        List<List<Long>> rows = new ArrayList<>();
        for (int i = 0; i < shares; i++) {
            int share = i;
            rows.add(points.stream()
                    .map(point -> Math.round(100 * point.mean(share)))
                    .toList());
        }
        return rows;
    }

    private static Map<String, @Nullable Object> samples(SampleHistory samples) {
        TreeSet<Long> updates = new TreeSet<>();
        samples.sentences()
                .forEach(sentence -> updates.addAll(sentence.translations().keySet()));
        List<Map<String, @Nullable Object>> sentences = new ArrayList<>();
        for (SampleHistory.Sentence sentence : samples.sentences()) {
            List<@Nullable String> translations = new ArrayList<>();
            for (long update : updates) {
                String translation = sentence.translations().get(update);
                translations.add(translation == null ? null : PlainText.of(translation));
            }
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            values.put("direction", PlainText.of(sentence.direction()));
            values.put("source", PlainText.of(sentence.source()));
            values.put("reference", PlainText.of(sentence.reference()));
            values.put("translations", translations);
            sentences.add(values);
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("updates", updates);
        values.put("sentences", sentences);
        return values;
    }

    /** At most so many, evenly spread, the first and the last among them. */
    private static List<Curves.Point> some(List<Curves.Point> points, int most) {
        if (points.size() <= most) {
            return points;
        }
        List<Curves.Point> some = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            some.add(points.get((int) ((long) i * (points.size() - 1) / (most - 1))));
        }
        return some;
    }

    private static @Nullable Double short5(double value) {
        return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : null;
    }
}
