package dev.dragoman.app.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds the model directories that the entries of {@code dragoman.models} mean. */
final class ModelDirectories {
    /** The file that makes a directory a model directory. */
    private static final String CONFIGURATION = "config.json";

    private static final String ACTION =
            "Set dragoman.models to model directories, or to directories that hold some; relative paths start at dragoman.home.";

    private ModelDirectories() {}

    /**
     * Every entry that is a model directory, and the model directories directly below every other entry, by name.
     *
     * @throws ModelStartupException if an entry is no directory, or leads to no model
     */
    static List<Path> find(List<Path> entries) {
        List<Path> directories = new ArrayList<>();
        for (Path entry : entries) {
            if (!Files.isDirectory(entry)) {
                throw new ModelStartupException("The model directory " + entry + " does not exist", ACTION, null);
            }
            List<Path> found = at(entry);
            if (found.isEmpty()) {
                throw new ModelStartupException(
                        "The model directory " + entry + " has no " + CONFIGURATION + ", nor has a directory in it",
                        ACTION,
                        null);
            }
            directories.addAll(found);
        }
        return directories.stream().distinct().toList();
    }

    /**
     * Refuses roots that are not there: an operator who misspelt one would learn of it when a model has to be loaded.
     *
     * @throws ModelStartupException if one is no directory
     */
    static void requireRoots(List<Path> roots) {
        for (Path root : roots) {
            if (!Files.isDirectory(root)) {
                throw new ModelStartupException(
                        "dragoman.model-roots must be directories, separated by commas, but "
                                + (Files.exists(root) ? root + " is a file" : "there is none at " + root),
                        "Make it, or leave it out; relative paths start at dragoman.home.",
                        null);
            }
        }
    }

    /**
     * An entry itself, or the model directories directly below it, by name.
     *
     * @throws ModelStartupException if it cannot be read
     */
    static List<Path> at(Path entry) {
        return isModel(entry) ? List.of(entry) : below(entry);
    }

    private static boolean isModel(Path directory) {
        return Files.exists(directory.resolve(CONFIGURATION));
    }

    private static List<Path> below(Path parent) {
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(ModelDirectories::isModel).sorted().toList();
        } catch (IOException unreadable) {
            throw new ModelStartupException("The model directory " + parent + " cannot be read", ACTION, unreadable);
        }
    }
}
