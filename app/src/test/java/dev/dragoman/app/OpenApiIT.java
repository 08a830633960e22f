package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import dev.dragoman.app.security.TestSecurity;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The description is complete, and true: each of its examples is sent to the server. */
class OpenApiIT {
    /** Of the tests' model, and of a file that is translated first. */
    private static final Map<String, String> VARIABLES =
            Map.of("{name}", "model", "{version}", "v1", "{file}", "page.js");

    private static final String FORM = "application/x-www-form-urlencoded";

    private static TestServer server;
    private static String admin;
    private static String key;
    private static List<Operation> operations;

    /** One method of one path. */
    private record Operation(JsonNode api, String path, String method, JsonNode words) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    @BeforeAll
    static void start() {
        Path data = TestSecurity.temporaryDirectory();
        admin = TestSecurity.createKey(data, "admin", null, null);
        key = TestSecurity.createKey(data, "translate", null, null);
        server = TestServer.start(new FakeTranslator("v1", TestServer.EN_FR), "dragoman.data=" + data);
        operations = new ArrayList<>();
        for (String path : List.of("/openapi.json", "/admin/openapi.json")) {
            JsonNode api = server.get(path).json();
            assertThat(api.get("openapi").stringValue()).isEqualTo("3.1.0");
            api.get("paths")
                    .propertyStream()
                    .forEach(entry -> entry.getValue()
                            .propertyStream()
                            .forEach(operation -> operations.add(new Operation(
                                    api,
                                    entry.getKey(),
                                    operation.getKey().toUpperCase(Locale.ROOT),
                                    operation.getValue()))));
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<Arguments> operations() {
        return operations.stream().map(Arguments::of);
    }

    static Stream<Arguments> withExamples() {
        return operations.stream()
                .filter(operation -> operation.words().has("requestBody"))
                .flatMap(operation -> operation
                        .words()
                        .at("/requestBody/content")
                        .propertyStream()
                        .filter(media -> media.getValue().has("example"))
                        .map(media -> Arguments.of(
                                operation, media.getKey(), media.getValue().get("example"))));
    }

    @Test
    void description_hasEveryPathThatIsMapped() {
        Set<String> mapped = new TreeSet<>();
        server.context()
                .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .forEach((info, method) -> info.getPatternValues()
                        .forEach(path -> info.getMethodsCondition()
                                .getMethods()
                                .forEach(verb -> mapped.add(verb + " " + path))));
        Set<String> described = operations.stream().map(Operation::toString).collect(Collectors.toSet());
        assertThat(described)
                .containsAll(mapped)
                .contains("GET /admin/keys", "POST /admin/keys", "DELETE /admin/keys/{id}")
                .contains(
                        "GET /admin/models",
                        "PUT /admin/models/{name}",
                        "DELETE /admin/models/{name}",
                        "GET /admin/cache",
                        "DELETE /admin/cache");
        assertThat(mapped).contains("POST /translate", "POST /v2/translate", "GET /v2/languages", "POST /v2/languages");
    }

    @ParameterizedTest
    @MethodSource("operations")
    void operation_hasWordsAnswersAndErrors(Operation operation) {
        assertThat(operation.words().path("summary").asString()).isNotBlank().doesNotEndWith(".");
        assertThat(operation.words().get("operationId").stringValue()).isNotBlank();
        JsonNode responses = operation.words().get("responses");
        assertThat(responses.propertyNames()).contains("500").anyMatch(status -> status.startsWith("2"));
        responses
                .propertyStream()
                .filter(response -> response.getKey().compareTo("400") >= 0)
                .forEach(response -> assertThat(response.getValue()
                                .at("/content/application~1json/schema/$ref")
                                .stringValue())
                        .isEqualTo("#/components/schemas/ErrorBody"));
        if (!operation.words().get("security").isEmpty()) {
            assertThat(responses.propertyNames()).contains("403", "429");
        }
    }

    @Test
    void operationIds_areUnique() {
        assertThat(operations.stream()
                        .map(operation -> operation.api().at("/info/title").stringValue()
                                + operation.words().get("operationId").stringValue()))
                .doesNotHaveDuplicates();
    }

    @Test
    void references_leadSomewhere() {
        for (Operation operation : operations) {
            Pattern.compile("#/components/schemas/(\\w+)")
                    .matcher(operation.words().toString())
                    .results()
                    .forEach(reference -> assertThat(operation
                                    .api()
                                    .at("/components/schemas/" + reference.group(1))
                                    .has("type"))
                            .as(reference.group())
                            .isTrue());
        }
    }

    /** What the description says that a caller without a key is told, it is told. */
    @ParameterizedTest
    @MethodSource("operations")
    void operation_asksForAKeyIfItSaysSo(Operation operation) {
        int status = server.send(HttpRequest.newBuilder(server.uri(url(operation)))
                        .method(operation.method(), BodyPublishers.noBody()))
                .status();
        boolean open = operation.words().get("security").isEmpty();
        if (open) {
            assertThat(status).isIn(200, 400, 404);
        } else {
            assertThat(status).isIn(400, 401, 403);
            assertThat(operation.words().get("responses").propertyNames()).contains(String.valueOf(status));
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void get_answersAsDescribed(Operation operation) {
        if (!operation.method().equals("GET") || operation.path().startsWith("/download_file")) {
            return;
        }
        // Where a body by POST has an example, its fields are a query here.
        String query = exampleOfPost(operation);
        Answer answer = server.send(
                authorised(operation, query.isEmpty() ? "" : "?" + query).GET());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(operation.words().at("/responses/200/content").propertyNames())
                .anyMatch(type -> answer.header("content-type").startsWith(type));
        if (answer.header("content-type").equals("application/json")) {
            assertFits(
                    operation.api(),
                    operation.words().at("/responses/200/content/application~1json/schema"),
                    answer.json());
        }
    }

    @ParameterizedTest
    @MethodSource("withExamples")
    void example_isAccepted(Operation operation, String contentType, JsonNode example) {
        Answer answer = server.send(authorised(operation)
                .header(
                        "Content-Type",
                        contentType.startsWith("multipart") ? contentType + "; boundary=x" : contentType)
                .method(operation.method(), BodyPublishers.ofString(body(operation, contentType, example))));
        assertThat(operation.words().get("responses").propertyNames()).contains(String.valueOf(answer.status()));
        assertThat(answer.status()).as(answer.body()).isIn(200, 201);
        assertFits(
                operation.api(),
                operation.words().at("/responses/" + answer.status() + "/content/application~1json/schema"),
                answer.json());
        JsonNode shown = operation.words().at("/responses/200/content/application~1json/example");
        if (!shown.isMissingNode()) {
            assertFits(operation.api(), operation.words().at("/responses/200/content/application~1json/schema"), shown);
        }
    }

    /** All at once, beside the example of the operation, in each form whose schema has them. */
    @ParameterizedTest
    @MethodSource("withExamples")
    void examplesOfFields_areAccepted(Operation operation, String contentType, JsonNode example) {
        ObjectNode all = (ObjectNode) example.deepCopy();
        fields(operation, contentType)
                .propertyStream()
                .filter(field -> field.getValue().has("examples"))
                .forEach(field -> all.set(field.getKey(), field.getValue().at("/examples/0")));
        Answer answer = server.send(authorised(operation)
                .header(
                        "Content-Type",
                        contentType.startsWith("multipart") ? contentType + "; boundary=x" : contentType)
                .method(operation.method(), BodyPublishers.ofString(body(operation, contentType, all))));
        assertThat(answer.status()).as(answer.body()).isIn(200, 201);
    }

    private static JsonNode fields(Operation operation, String contentType) {
        JsonNode schema = operation.words().at("/requestBody/content/" + contentType.replace("/", "~1") + "/schema");
        return schema.has("$ref")
                ? operation
                        .api()
                        .at(schema.get("$ref").stringValue().substring(1))
                        .get("properties")
                : schema.get("properties");
    }

    @Test
    void constraints_areToldAndAGlossaryInJsonAlone() {
        Operation translate = operations.stream()
                .filter(operation -> operation.toString().equals("POST /translate"))
                .findFirst()
                .orElseThrow();
        JsonNode json = fields(translate, "application/json");
        for (String constraint : List.of("glossary", "banned", "target_prefix")) {
            assertThat(json.at("/" + constraint + "/examples/0").isMissingNode())
                    .as(constraint)
                    .isFalse();
        }
        for (String form : List.of(FORM, "multipart/form-data")) {
            assertThat(fields(translate, form).propertyNames())
                    .contains("q", "source", "target", "banned", "target_prefix")
                    .doesNotContain("glossary");
        }
    }

    private static String url(Operation operation) {
        String url = operation.path();
        for (Map.Entry<String, String> variable : VARIABLES.entrySet()) {
            url = url.replace(variable.getKey(), variable.getValue());
        }
        return url.replace("{id}", "none");
    }

    private static String exampleOfPost(Operation operation) {
        JsonNode example = operation
                .api()
                .get("paths")
                .get(operation.path())
                .at("/post/requestBody/content/application~1json/example");
        return example.isMissingNode() ? "" : body(operation, FORM, example);
    }

    private static HttpRequest.Builder authorised(Operation operation) {
        return authorised(operation, "");
    }

    private static HttpRequest.Builder authorised(Operation operation, String query) {
        return HttpRequest.newBuilder(server.uri(url(operation) + query))
                .header("X-API-Key", operation.path().startsWith("/admin") ? admin : key);
    }

    private static String body(Operation operation, String contentType, JsonNode example) {
        if (contentType.equals("application/json")) {
            return example.toString();
        }
        StringBuilder body = new StringBuilder();
        boolean multipart = contentType.startsWith("multipart");
        if (operation.path().equals("/translate_file")) {
            body.append("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nHello.\r\n");
        }
        example.propertyStream()
                .forEach(field -> values(field.getValue())
                        .forEach(value -> body.append(
                                multipart
                                        ? "--x\r\nContent-Disposition: form-data; name=\"" + field.getKey()
                                                + "\"\r\n\r\n" + value + "\r\n"
                                        : field.getKey() + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)
                                                + "&")));
        return multipart ? body + "--x--\r\n" : body.toString();
    }

    private static Stream<String> values(JsonNode value) {
        return value.isArray() ? value.valueStream().map(JsonNode::asString) : Stream.of(value.asString());
    }

    /** Members that are required are there, those that are there are described, and types agree. */
    private static void assertFits(JsonNode api, JsonNode schema, JsonNode value) {
        JsonNode resolved =
                schema.has("$ref") ? api.at(schema.get("$ref").stringValue().substring(1)) : schema;
        switch (resolved.path("type").asString("any")) {
            case "object" -> {
                assertThat(value.isObject()).isTrue();
                resolved.path("required")
                        .valueStream()
                        .forEach(name -> assertThat(value.has(name.stringValue()))
                                .as(name.stringValue())
                                .isTrue());
                if (resolved.has("properties")) {
                    value.propertyStream().forEach(member -> {
                        assertThat(resolved.get("properties").has(member.getKey()))
                                .as(member.getKey())
                                .isTrue();
                        assertFits(api, resolved.get("properties").get(member.getKey()), member.getValue());
                    });
                }
            }
            case "array" -> value.valueStream().forEach(element -> assertFits(api, resolved.get("items"), element));
            case "string" -> assertThat(value.isString()).isTrue();
            case "integer" -> assertThat(value.isIntegralNumber()).isTrue();
            case "number" -> assertThat(value.isNumber()).isTrue();
            case "boolean" -> assertThat(value.isBoolean()).isTrue();
            default -> assertThat(resolved.isObject()).isTrue();
        }
    }

    /** The page loads nothing from elsewhere: what it names is on this server, and its policy forbids the rest. */
    @Test
    void page_needsNothingFromElsewhere() {
        Answer page = server.get("/docs");
        assertThat(page.header("content-type")).startsWith("text/html");
        assertThat(page.header("content-security-policy")).startsWith("default-src 'none'");
        List<String> named = Pattern.compile("(?:src|href)=\"([^\"]+)\"")
                .matcher(page.body())
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(named).hasSizeGreaterThan(2).allSatisfy(address -> {
            assertThat(address).startsWith("/");
            assertThat(server.get(address).status()).isEqualTo(200);
        });
        assertThat(server.get("/docs/page.js").body()).doesNotContain("http://", "https://", "innerHTML");
        assertThat(server.get("/docs/other.js").status()).isEqualTo(404);
    }
}
