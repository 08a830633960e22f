package dev.dragoman.app.http;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The members of a JSON object. */
final class JsonParameters extends Parameters {
    private final JsonNode object;

    JsonParameters(JsonNode object) {
        this.object = object;
    }

    @Override
    public boolean isList(String field) {
        return object.path(field).isArray();
    }

    @Override
    public @Nullable List<String> strings(String field) {
        JsonNode node = object.path(field);
        if (isAbsent(node)) {
            return null;
        }
        if (node.isString()) {
            return List.of(node.stringValue());
        }
        if (!node.isArray()) {
            throw new InvalidRequest("Invalid request: " + field + " parameter must be a string or a list of strings");
        }
        List<String> strings = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            if (!element.isString()) {
                throw new InvalidRequest("Invalid request: " + field + "[" + strings.size() + "] must be a string");
            }
            strings.add(element.stringValue());
        }
        return strings;
    }

    @Override
    public @Nullable List<Map<String, String>> objects(String field, List<String> members) {
        JsonNode node = object.path(field);
        if (isAbsent(node)) {
            return null;
        }
        if (!node.isArray()) {
            throw new InvalidRequest("Invalid request: " + field + " parameter must be a list of objects");
        }
        List<Map<String, String>> objects = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            Map<String, String> values = new LinkedHashMap<>();
            for (String member : members) {
                JsonNode value = element.path(member);
                if (!value.isString()) {
                    throw new InvalidRequest(
                            "Invalid request: " + field + "[" + objects.size() + "]." + member + " must be a string");
                }
                values.put(member, value.stringValue());
            }
            objects.add(values);
        }
        return objects;
    }

    @Override
    public @Nullable String string(String field) {
        JsonNode node = object.path(field);
        if (isAbsent(node)) {
            return null;
        }
        if (!node.isString()) {
            throw new InvalidRequest("Invalid request: " + field + " parameter must be a string");
        }
        return node.stringValue();
    }

    /** 3.0 is a way to write 3. */
    @Override
    public @Nullable String number(String field) {
        JsonNode node = object.path(field);
        if (isAbsent(node)) {
            return null;
        }
        if (node.isFloatingPointNumber()) {
            double value = node.doubleValue();
            return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : "";
        }
        return node.isString() || node.isIntegralNumber() ? node.asString() : "";
    }

    @Override
    @Nullable
    String flagAsWritten(String field) {
        JsonNode node = object.path(field);
        if (isAbsent(node)) {
            return null;
        }
        return node.isContainer() ? "neither" : node.asString();
    }

    private static boolean isAbsent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
