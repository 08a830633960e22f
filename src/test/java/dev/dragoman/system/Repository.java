package dev.dragoman.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the build has put what is tested. */
public final class Repository {
    private Repository() {}

    /** The directory of the parent project. */
    public static Path root() {
        return Path.of(property("dragoman.root")).toAbsolutePath().normalize();
    }

    /** The version that this one becomes when it is released. */
    public static String releaseVersion() {
        return property("dragoman.version").replace("-SNAPSHOT", "");
    }

    static Path serverJar() {
        Path jar = root().resolve("app/target/dragoman-app-" + property("dragoman.version") + ".jar");
        assertThat(jar).as("The server's jar, which the phase package builds").isRegularFile();
        return jar;
    }

    /** The default model's directory. */
    static Path defaultModel() {
        Path model = root().resolve("pretrained");
        assertThat(model)
                .as("The default model, without which a fresh clone does not translate")
                .isDirectory();
        return model;
    }

    static Path readme() {
        Path readme = root().resolve("README.md");
        assertThat(Files.exists(readme)).as("README.md").isTrue();
        return readme;
    }

    private static String property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("Run these tests with Maven, which sets the property " + name);
        }
        return value;
    }
}
