package dev.dragoman.training;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/** What is different between two configurations, key by key. */
final class Differences {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final List<Difference> found = new ArrayList<>();

    private Differences() {}

    /**
     * A key whose values are not equal.
     *
     * @param path of the key, for example {@code training.adam.beta1}
     * @param before its value on one side, as in JSON, or {@code absent}
     * @param after on the other
     */
    record Difference(String path, String before, String after) {}

    /** Compares two configurations, records or trees, in the order of their keys. */
    static List<Difference> between(Object before, Object after) {
        Differences differences = new Differences();
        differences.compare("", JSON.valueToTree(before), JSON.valueToTree(after));
        return differences.found;
    }

    private void compare(String path, JsonNode before, JsonNode after) {
        if (before.isObject() && after.isObject()) {
            Set<String> keys = new LinkedHashSet<>(before.propertyNames());
            keys.addAll(after.propertyNames());
            for (String key : keys) {
                compare(path.isEmpty() ? key : path + "." + key, value(before, key), value(after, key));
            }
        } else if (!words(before).equals(words(after))) {
            found.add(new Difference(path, words(before), words(after)));
        }
    }

    private static JsonNode value(JsonNode map, String key) {
        JsonNode value = map.get(key);
        return value == null ? JsonNodeFactory.instance.nullNode() : value;
    }

    private static String words(JsonNode value) {
        return value.isNull() ? "absent" : value.toString();
    }
}
