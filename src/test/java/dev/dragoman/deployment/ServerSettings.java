package dev.dragoman.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.dragoman.system.Repository;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What the server itself calls its settings: {@code application.yaml}, and the record of its own properties. */
final class ServerSettings {
    private static final Path APP = Repository.root().resolve("app");

    private final JsonNode yaml;

    ServerSettings() {
        File file = APP.resolve("src/main/resources/application.yaml").toFile();
        try {
            yaml = new YAMLMapper().readTree(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** A property of {@code application.yaml}, by its dotted name. */
    String value(String property) {
        JsonNode node = yaml.at("/" + property.replace('.', '/'));
        if (!node.isValueNode()) {
            throw new IllegalArgumentException("application.yaml has no " + property);
        }
        return node.asText();
    }

    /** A property in seconds, which is what {@code application.yaml} gives its times in. */
    Duration seconds(String property) {
        return Duration.parse("PT" + value(property));
    }

    /** The environment variables that name a property of {@code application.yaml} or of Dragoman: dots become underscores, dashes nothing. */
    Set<String> environmentVariables() {
        Set<String> names = new TreeSet<>();
        addKeys("", yaml, names);
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {APP.resolve("target/classes").toUri().toURL()},
                getClass().getClassLoader())) {
            addComponents(
                    "DRAGOMAN",
                    Class.forName("dev.dragoman.app.configuration.DragomanProperties", false, loader),
                    names);
        } catch (IOException | ClassNotFoundException missing) {
            throw new IllegalStateException("The classes of app are not built", missing);
        }
        return names;
    }

    private static void addKeys(String prefix, JsonNode node, Set<String> names) {
        if (node.isValueNode()) {
            names.add(prefix.replace("-", ""));
        }
        node.fields()
                .forEachRemaining(field -> addKeys(
                        (prefix.isEmpty() ? "" : prefix + "_") + field.getKey().toUpperCase(Locale.ROOT),
                        field.getValue(),
                        names));
    }

    private static void addComponents(String prefix, Class<?> type, Set<String> names) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "_" + component.getName().toUpperCase(Locale.ROOT);
            if (component.getType().isRecord()) {
                addComponents(name, component.getType(), names);
            } else {
                names.add(name);
            }
        }
    }
}
