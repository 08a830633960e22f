package dev.dragoman.training;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The {@code training} part of recipes, as their files would have it. */
final class Trainings {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Trainings() {}

    /** By its keys in YAML. */
    static Recipe.Training of(String yaml) {
        return YAML.readValue(yaml, Recipe.Training.class);
    }

    /** With some keys replaced, given in YAML between the braces of a map: {@code "updates: 3, clipNorm: 0"}. */
    static Recipe.Training with(Recipe.Training training, String keys) {
        ObjectNode tree = YAML.valueToTree(training);
        YAML.readTree("{" + keys + "}").properties().forEach(entry -> tree.set(entry.getKey(), entry.getValue()));
        return YAML.treeToValue(tree, Recipe.Training.class);
    }
}
