package dev.dragoman.app.models;

import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.errors.ServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The model directories that may be opened while serving: those that {@code dragoman.models} and {@code dragoman.model-roots} lead to,
 * by their names. They are looked for at every call, so that a directory that was put there meanwhile is found. A name is compared with
 * what was found and never made into a path, so a caller can reach no other directory.
 */
final class ModelCatalogue {
    private final DragomanProperties properties;

    ModelCatalogue(DragomanProperties properties) {
        this.properties = properties;
    }

    /** All of them; several directories may have one name. */
    SortedMap<String, List<Path>> directories() {
        List<Path> entries = new ArrayList<>(properties.modelPaths());
        entries.addAll(properties.modelRootPaths());
        SortedMap<String, List<Path>> directories = new TreeMap<>();
        entries.stream()
                .filter(Files::isDirectory)
                .flatMap(entry -> at(entry).stream())
                .distinct()
                .forEach(directory -> directories
                        .computeIfAbsent(directory.getFileName().toString(), name -> new ArrayList<>())
                        .add(directory));
        return directories;
    }

    private static List<Path> at(Path entry) {
        try {
            return ModelDirectories.at(entry);
        } catch (ModelStartupException unreadable) {
            throw new ServiceException.Unprocessable("Unprocessable: " + unreadable.getMessage());
        }
    }

    /**
     * The directory of a name.
     *
     * @throws ServiceException.NotFound if there is none
     * @throws ServiceException.Conflict if there are several
     */
    Path require(String name) {
        List<Path> found = directories().getOrDefault(name, List.of());
        if (found.isEmpty()) {
            throw new ServiceException.NotFound("Not found: dragoman.models and dragoman.model-roots lead to no model"
                    + " directory of that name; GET /admin/models lists those that they lead to");
        }
        if (found.size() > 1) {
            throw new ServiceException.Conflict("Conflict: several model directories have that name: " + found);
        }
        return found.get(0);
    }
}
