package dev.dragoman.app.observability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a server has measured after a translation, against what {@code docs/metrics.md}, the dashboard and the alerts say of it. */
class MetricsIT {
    private static final Path ROOT = Path.of("..");
    private static final Pattern ROW =
            Pattern.compile("\\| `([a-z.]+)` \\| ([a-z ]+) \\| ([a-z]*) ?\\| ((?:`[a-z]+`(?:, )?)*) ?\\| .+ \\|");
    private static final Pattern FAMILY = Pattern.compile("`([a-z]+\\.)\\*`");

    /** What Prometheus itself says of a server. */
    private static final Set<String> PROMETHEUS = Set.of("up");

    private static TestServer server;
    private static Set<String> scraped;

    /** A metric, as a row of the page or as the server has it. */
    private record Metric(String type, String unit, Set<String> tags) {}

    @BeforeAll
    static void translate() {
        server = TestServer.start(new FakeTranslator("v1", TestServer.EN_FR));
        server.postJson("{\"q\":\"Measured.\",\"source\":\"en\",\"target\":\"fr\"}");
        // Tried again, in vain.
        server.postJson("{\"q\":\"An " + FakeTranslator.LOOP + " story.\",\"source\":\"en\",\"target\":\"fr\"}");
        // Refused for want of a key.
        server.get("/admin/keys");
        // Once more, since a request is counted when it has ended.
        server.get("/actuator/prometheus");
        scraped = server.get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]")[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void page_listsWhatTheServerHas() throws IOException {
        Map<String, Metric> documented = documented();
        Set<String> families = families();
        Map<String, Metric> measured = measured();
        measured.keySet()
                .removeIf(name ->
                        !documented.containsKey(name) && families.stream().anyMatch(name::startsWith));
        assertThat(documented).hasSizeGreaterThan(25);
        assertThat(families).hasSize(7);
        assertThat(measured).isEqualTo(documented);
    }

    @Test
    void page_namesNoFamilyThatIsNotThere() throws IOException {
        assertThat(families())
                .allSatisfy(family -> assertThat(measured().keySet()).anyMatch(name -> name.startsWith(family)));
    }

    @Test
    void dashboard_namesOnlyWhatIsThere() throws IOException {
        JsonNode dashboard = new JsonMapper().readTree(Files.readString(ROOT.resolve("docker/grafana/dashboard.json")));
        List<String> expressions = new ArrayList<>();
        dashboard
                .get("panels")
                .forEach(panel -> panel.path("targets")
                        .forEach(target -> expressions.add(target.get("expr").stringValue())));
        expressions.add(dashboard.at("/templating/list/1/query/query").stringValue());
        assertThat(expressions).hasSizeGreaterThan(20);
        assertKnown(expressions);
    }

    @Test
    void dashboard_hasPanelsThatDoNotOverlap() throws IOException {
        JsonNode panels = new JsonMapper()
                .readTree(Files.readString(ROOT.resolve("docker/grafana/dashboard.json")))
                .get("panels");
        Set<String> places = new TreeSet<>();
        Set<Integer> ids = new TreeSet<>();
        panels.forEach(panel -> {
            JsonNode place = panel.get("gridPos");
            assertThat(place.get("x").intValue() + place.get("w").intValue()).isLessThanOrEqualTo(24);
            assertThat(places.add(place.get("x") + " " + place.get("y"))).isTrue();
            assertThat(ids.add(panel.get("id").intValue())).isTrue();
        });
    }

    @Test
    void alerts_nameOnlyWhatIsThere() throws IOException {
        Map<String, List<Map<String, Object>>> alerts =
                new Yaml().load(Files.readString(ROOT.resolve("docker/prometheus/alerts.yaml")));
        List<String> expressions = new ArrayList<>();
        for (Map<String, Object> group : Objects.requireNonNull(alerts.get("groups"))) {
            for (Object rule : (List<?>) Objects.requireNonNull(group.get("rules"))) {
                Map<?, ?> fields = (Map<?, ?>) rule;
                assertThat(fields.keySet().stream().map(Object::toString))
                        .isSubsetOf("alert", "expr", "for", "labels", "annotations")
                        .contains("alert", "expr", "labels", "annotations");
                expressions.add(String.valueOf(fields.get("expr")));
            }
        }
        assertThat(expressions).hasSizeGreaterThan(5);
        assertKnown(expressions);
    }

    @Test
    void requests_ofTheManagementPortAreNotAmongThoseOfHttp() {
        assertThat(server.get("/actuator/prometheus").body())
                .contains("uri=\"/translate\"")
                .doesNotContain("uri=\"/actuator");
    }

    @Test
    void requests_haveBuckets() {
        assertThat(scraped).contains("translation_requests_seconds_bucket");
    }

    /** The autoscaler's metric and those of the deployment guide's examples. */
    @Test
    void guide_namesOnlyWhatIsThere() throws IOException {
        Matcher name = Pattern.compile("`(translation_[a-z_]+)`")
                .matcher(Files.readString(ROOT.resolve("docs/deployment.md"))
                        + Files.readString(ROOT.resolve("docs/metrics.md")));
        int count = 0;
        for (; name.find(); count++) {
            assertThat(scraped).contains(name.group(1));
        }
        assertThat(count).isPositive();
    }

    private static void assertKnown(List<String> expressions) {
        assertThat(expressions).allSatisfy(expression -> {
            Set<String> names = metrics(expression);
            assertThat(names).isNotEmpty();
            names.removeAll(PROMETHEUS);
            assertThat(scraped).containsAll(names);
        });
    }

    @Test
    void metrics_ofAnExpression() {
        assertThat(metrics(
                        "sum by (model, le) (rate(a_total{b=\"c_d\", e=~\"$f\"}[$__rate_interval])) / b_sum > 0.8 * 1e6"
                                + " and max(c) without (d)"))
                .containsExactly("a_total", "b_sum", "c");
    }

    /** The metrics of an expression in Prometheus' language: its names but for functions, operators, labels and their values. */
    private static Set<String> metrics(String expression) {
        String bare = expression
                .replaceAll("\\{[^}]*}", " ")
                .replaceAll("\\[[^]]*]", " ")
                .replaceAll("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)", " ")
                .replaceAll("label_values\\(([a-z_]+), [a-z]+\\)", " $1 ")
                .replaceAll("\\b(and|or|unless|bool|offset)\\b", " ")
                .replaceAll("\\b[0-9][0-9.e]*\\b", " ");
        Matcher name = Pattern.compile("\\b[a-z_:][a-z0-9_:]*\\b(?!\\s*\\()").matcher(bare);
        Set<String> names = new TreeSet<>();
        while (name.find()) {
            names.add(name.group());
        }
        return names;
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/metrics.md"));
    }

    private static Map<String, Metric> documented() throws IOException {
        Map<String, Metric> documented = new TreeMap<>();
        page().lines().filter(line -> line.matches("\\| `[a-z]+\\..*")).forEach(line -> {
            Matcher row = ROW.matcher(line);
            assertThat(row.matches()).as(line).isTrue();
            Set<String> tags = Arrays.stream(row.group(4).split("[`, ]+"))
                    .filter(tag -> !tag.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
            documented.put(row.group(1), new Metric(row.group(2), row.group(3), tags));
        });
        return documented;
    }

    private static Set<String> families() throws IOException {
        return FAMILY.matcher(page()).results().map(found -> found.group(1)).collect(Collectors.toSet());
    }

    private static Map<String, Metric> measured() {
        Map<String, Metric> measured = new TreeMap<>();
        for (Meter meter : server.context().getBean(MeterRegistry.class).getMeters()) {
            Meter.Id id = meter.getId();
            Set<String> tags = id.getTags().stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new));
            String type = id.getType().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            Metric metric = new Metric(
                    type.equals("distribution summary") ? "summary" : type,
                    Objects.requireNonNullElse(id.getBaseUnit(), ""),
                    tags);
            measured.merge(id.getName(), metric, (one, other) -> {
                // Buckets are shown as gauges of the same name.
                assertThat(one.type()).isEqualTo(other.type());
                tags.addAll(one.tags());
                return metric;
            });
        }
        return measured;
    }
}
