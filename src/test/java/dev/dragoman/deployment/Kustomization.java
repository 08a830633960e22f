package dev.dragoman.deployment;

import java.util.List;

/** What our {@code kustomization.yaml} files use of the format; a key beyond that is an error. */
record Kustomization(
        String apiVersion,
        String kind,
        List<String> resources,
        List<String> components,
        List<Image> images,
        List<Patch> patches) {

    record Image(String name, String newName, String newTag) {}

    record Patch(String path) {}

    Kustomization {
        resources = resources == null ? List.of() : resources;
        components = components == null ? List.of() : components;
        images = images == null ? List.of() : images;
        patches = patches == null ? List.of() : patches;
    }
}
