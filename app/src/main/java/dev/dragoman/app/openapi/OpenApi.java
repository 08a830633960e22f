package dev.dragoman.app.openapi;

import static dev.dragoman.app.openapi.Schemas.object;

import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.Answer;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.security.Protocol;
import dev.dragoman.app.system.ErrorBody;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/**
 * Describes the controllers that are mapped, in OpenAPI 3.1: paths and methods from the mapping, answers from the types that are returned,
 * keys from {@link Access}, words, fields and examples from {@link Operation}.
 */
final class OpenApi {
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");

    private final Schemas schemas;
    private final JsonMapper json;

    OpenApi(JsonMapper json) {
        this.json = json;
        this.schemas = new Schemas(json);
    }

    /** @param version that of the server */
    Map<String, Object> describe(RequestMappingHandlerMapping mapping, String title, String version) {
        Map<String, Map<String, Object>> paths = new TreeMap<>();
        mapping.getHandlerMethods().entrySet().stream()
                .filter(entry -> entry.getValue().getBeanType().getName().startsWith("dev.dragoman."))
                // What returns a value comes first, what streams is merged into it.
                .sorted(Comparator.comparing(entry -> entry.getKey()
                        .getProducesCondition()
                        .getProducibleMediaTypes()
                        .size()))
                .forEach(entry -> add(paths, entry.getKey(), entry.getValue()));
        Map<String, Object> error = schemas.of(ErrorBody.class);
        return object(
                "openapi",
                "3.1.0",
                "info",
                object(
                        "title",
                        title,
                        "version",
                        version,
                        "description",
                        "Where keys are asked for, one of the security schemes or the field `api_key` of LibreTranslate will do."
                                + " Every error has the body `" + error.get("$ref") + "`, whatever `Accept` says.",
                        "license",
                        object("name", "Apache-2.0", "identifier", "Apache-2.0")),
                "servers",
                List.of(object("url", "/")),
                "paths",
                paths,
                "components",
                object("schemas", schemas.named(), "securitySchemes", securitySchemes()));
    }

    private static Map<String, Object> securitySchemes() {
        return object(
                "bearer",
                object("type", "http", "scheme", "bearer"),
                "header",
                object("type", "apiKey", "in", "header", "name", "X-API-Key"),
                "deepl",
                object(
                        "type",
                        "apiKey",
                        "in",
                        "header",
                        "name",
                        "Authorization",
                        "description",
                        "`DeepL-Auth-Key KEY`, as DeepL's clients send it"));
    }

    private void add(Map<String, Map<String, Object>> paths, RequestMappingInfo info, HandlerMethod method) {
        for (String path : new TreeSet<>(info.getPatternValues())) {
            for (RequestMethod verb : info.getMethodsCondition().getMethods()) {
                Map<String, Object> operations = paths.computeIfAbsent(path, key -> new TreeMap<>());
                String name = verb.name().toLowerCase(Locale.ROOT);
                @SuppressWarnings("unchecked") // Put there below.
                Map<String, Object> before = (Map<String, Object>) operations.get(name);
                if (before == null) {
                    operations.put(name, operation(path, verb, info, method));
                } else {
                    addContent(before, info);
                }
            }
        }
    }

    /** Another handler of the same path and method answers in further forms. */
    @SuppressWarnings("unchecked") // Made by this class.
    private static void addContent(Map<String, Object> operation, RequestMappingInfo info) {
        Map<String, Object> responses = (Map<String, Object>) Objects.requireNonNull(operation.get("responses"));
        Map<String, Object> good = (Map<String, Object>) Objects.requireNonNull(responses.get("200"));
        Map<String, Object> content = (Map<String, Object>) Objects.requireNonNull(good.get("content"));
        info.getProducesCondition()
                .getProducibleMediaTypes()
                .forEach(type -> content.put(type.toString(), object("schema", object("type", "string"))));
    }

    private Map<String, Object> operation(
            String path, RequestMethod verb, RequestMappingInfo info, HandlerMethod method) {
        Operation words = method.getMethodAnnotation(Operation.class);
        Map<String, Object> operation = object("tags", List.of(tag(path, method)), "operationId", id(path, verb));
        if (words != null) {
            operation.put("summary", words.summary());
            if (!words.description().isEmpty()) {
                operation.put("description", words.description());
            }
        }
        List<Object> parameters = new ArrayList<>(pathVariables(path));
        Class<?> fields = words == null ? void.class : words.fields();
        if (fields != void.class && verb == RequestMethod.GET) {
            parameters.addAll(queryParameters(fields));
        }
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        if (fields != void.class && verb != RequestMethod.GET && words != null) {
            operation.put("requestBody", requestBody(path, words));
        }
        operation.put("responses", responses(path, words, info, method));
        Access access = method.getMethodAnnotation(Access.class);
        operation.put(
                "security",
                access != null && access.open()
                        ? List.of()
                        : Stream.of("bearer", "header", "deepl")
                                .map(scheme -> object(scheme, List.of()))
                                .toList());
        return operation;
    }

    /** The protocol, which is the name of the package. */
    private static String tag(String path, HandlerMethod method) {
        String name = method.getBeanType().getPackageName();
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "libretranslate" -> "LibreTranslate";
            case "deepl" -> "DeepL";
            case "openinference" -> "Open Inference Protocol";
            default -> path.startsWith("/admin") ? "Administration" : "Server";
        };
    }

    private static String id(String path, RequestMethod verb) {
        return verb.name().toLowerCase(Locale.ROOT)
                + Arrays.stream(path.split("[^A-Za-z0-9]+"))
                        .filter(word -> !word.isEmpty())
                        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                        .collect(Collectors.joining());
    }

    private static List<Object> pathVariables(String path) {
        return VARIABLE.matcher(path)
                .results()
                .map(match -> (Object) object(
                        "name", match.group(1), "in", "path", "required", true, "schema", object("type", "string")))
                .toList();
    }

    private List<Object> queryParameters(Class<?> fields) {
        return Arrays.stream(fields.getRecordComponents())
                .map(component -> (Object)
                        object("name", Schemas.name(component), "in", "query", "schema", schemas.property(component)))
                .toList();
    }

    /** The same fields as JSON and, without what only JSON can hold, as a form and as multipart; the management port has JSON alone. */
    private Map<String, Object> requestBody(String path, Operation words) {
        Map<String, Object> schema = schemas.of(words.fields());
        if (words.file()) {
            Map<String, Object> properties = object("file", object("type", "string", "format", "binary"));
            for (RecordComponent component : words.fields().getRecordComponents()) {
                properties.put(Schemas.name(component), schemas.property(component));
            }
            schema =
                    object("type", "object", "properties", properties, "required", List.of("file", "source", "target"));
        }
        Map<String, Object> content = new LinkedHashMap<>();
        List<String> types = words.file()
                ? List.of(MediaType.MULTIPART_FORM_DATA_VALUE)
                : path.startsWith("/admin")
                        ? List.of(MediaType.APPLICATION_JSON_VALUE)
                        : List.of(
                                MediaType.APPLICATION_JSON_VALUE,
                                MediaType.APPLICATION_FORM_URLENCODED_VALUE,
                                MediaType.MULTIPART_FORM_DATA_VALUE);
        for (String type : types) {
            boolean isForm = !words.file() && !type.equals(MediaType.APPLICATION_JSON_VALUE);
            Map<String, Object> media = object("schema", isForm ? schemas.form(words.fields()) : schema);
            if (!words.example().isEmpty()) {
                media.put("example", json.readTree(words.example()));
            }
            content.put(type, media);
        }
        return object("required", true, "content", content);
    }

    private Map<String, Object> responses(
            String path, @Nullable Operation words, RequestMappingInfo info, HandlerMethod method) {
        Map<String, Object> responses = new TreeMap<>();
        int good = words == null ? 200 : words.status();
        responses.put(String.valueOf(good), answer(words, info, method));
        Map<Integer, Set<String>> errors = new TreeMap<>();
        note(errors, Problem.INTERNAL.status(), Problem.INTERNAL.title());
        if (words != null) {
            for (Problem problem : words.errors()) {
                note(errors, problem.status(), problem.title());
            }
            if (words.fields() != void.class) {
                for (Problem problem : List.of(
                        Problem.INVALID_REQUEST,
                        Problem.REQUEST_TIMEOUT,
                        Problem.REQUEST_TOO_LARGE,
                        Problem.UNSUPPORTED_MEDIA_TYPE)) {
                    note(errors, problem.status(), problem.title());
                }
            }
        }
        Access access = method.getMethodAnnotation(Access.class);
        if (access == null || !access.open()) {
            Protocol.of(path)
                    .refusals()
                    .forEach(refused ->
                            note(errors, refused.status(), refused.problem().title()));
        }
        errors.forEach((status, titles) -> responses.put(
                String.valueOf(status),
                object(
                        "description",
                        String.join("; ", titles),
                        "content",
                        object(MediaType.APPLICATION_JSON_VALUE, object("schema", schemas.of(ErrorBody.class))))));
        return responses;
    }

    private static void note(Map<Integer, Set<String>> errors, int status, String title) {
        errors.computeIfAbsent(status, key -> new TreeSet<>()).add(title);
    }

    private Map<String, Object> answer(@Nullable Operation words, RequestMappingInfo info, HandlerMethod method) {
        Type type = unwrapped(method.getMethod().getGenericReturnType());
        Map<String, Object> answer = object("description", type == Void.class ? "Done" : "The answer");
        if (type == Void.class) {
            return answer;
        }
        Map<String, Object> content = new LinkedHashMap<>();
        Set<MediaType> produced = info.getProducesCondition().getProducibleMediaTypes();
        if (produced.isEmpty()) {
            Map<String, Object> media = object("schema", schemas.of(type));
            if (words != null && !words.answer().isEmpty()) {
                media.put("example", json.readTree(words.answer()));
            }
            content.put(MediaType.APPLICATION_JSON_VALUE, media);
        }
        produced.forEach(one -> content.put(one.toString(), object("schema", object("type", "string"))));
        answer.put("content", content);
        return answer;
    }

    /** What an answer, a future or an entity is of. */
    private static Type unwrapped(Type type) {
        return type instanceof ParameterizedType parameterized
                        && Set.of(Answer.class, CompletableFuture.class, ResponseEntity.class)
                                .contains(parameterized.getRawType())
                ? unwrapped(parameterized.getActualTypeArguments()[0])
                : type;
    }
}
