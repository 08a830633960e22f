package dev.dragoman.app.openapi;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.dragoman.app.http.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** JSON schemas of Java types: records become named objects, in which a component that may be null is not required. */
final class Schemas {
    private final Map<String, Object> named = new TreeMap<>();
    private final JsonMapper json;

    /** @param json reads the examples of fields */
    Schemas(JsonMapper json) {
        this.json = json;
    }

    /** Those of the records met so far, by name. */
    Map<String, Object> named() {
        return named;
    }

    Map<String, Object> of(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            return parameterized.getRawType() == List.class
                    ? object("type", "array", "items", of(parameterized.getActualTypeArguments()[0]))
                    : object("type", "object");
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isRecord()) {
            String name = name(raw);
            if (!named.containsKey(name)) {
                // Before its members, which may hold it again.
                named.put(name, Map.of());
                named.put(name, fields(raw, component -> true));
            }
            return object("$ref", "#/components/schemas/" + name);
        }
        return primitive(raw);
    }

    private static Map<String, Object> primitive(Class<?> type) {
        if (type == String.class) {
            return object("type", "string");
        }
        if (type == boolean.class || type == Boolean.class) {
            return object("type", "boolean");
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return object("type", "integer");
        }
        if (type == double.class || type == Double.class) {
            return object("type", "number");
        }
        // Anything: what it is, its description tells.
        return object();
    }

    /** Nested records carry the name of the class that they are in, since several controllers have their own of one name. */
    private static String name(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return outer == null || type.getSimpleName().startsWith(outer.getSimpleName())
                ? type.getSimpleName()
                : outer.getSimpleName() + type.getSimpleName();
    }

    /** That of a record's fields in a form, which cannot hold a list of objects. */
    Map<String, Object> form(Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).anyMatch(Schemas::isListOfObjects)
                ? fields(type, component -> !isListOfObjects(component))
                : of(type);
    }

    private static boolean isListOfObjects(RecordComponent component) {
        return component.getGenericType() instanceof ParameterizedType list
                && list.getActualTypeArguments()[0] instanceof Class<?> element
                && element.isRecord();
    }

    private Map<String, Object> fields(Class<?> type, Predicate<RecordComponent> included) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            if (!included.test(component)) {
                continue;
            }
            String name = name(component);
            properties.put(name, property(component));
            if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                required.add(name);
            }
        }
        Map<String, Object> schema = object("type", "object", "properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        return schema;
    }

    static String name(RecordComponent component) {
        JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
        return renamed == null ? component.getName() : renamed.value();
    }

    /** Siblings of a reference are allowed from OpenAPI 3.1 on. */
    Map<String, Object> property(RecordComponent component) {
        Map<String, Object> schema = of(component.getGenericType());
        Field field = component.getAccessor().getAnnotation(Field.class);
        if (field == null) {
            return schema;
        }
        if (field.orSingle()) {
            schema = object("oneOf", List.of(object("type", "string"), schema));
        }
        if (field.values().length > 0) {
            schema.put("enum", List.of(field.values()));
        }
        schema.put("description", field.value());
        if (!field.example().isEmpty()) {
            schema.put("examples", List.of(json.readTree(field.example())));
        }
        return schema;
    }

    /** A map in the order of its pairs. */
    static Map<String, Object> object(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
