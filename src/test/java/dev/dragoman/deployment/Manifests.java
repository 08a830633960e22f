package dev.dragoman.deployment;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.dragoman.system.Repository;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads the files of {@code k8s/} into Kubernetes' own types, strictly: a key that a type does not have, or a key that is there twice, is
 * an error that names it.
 */
final class Manifests {
    private static final Map<String, Class<? extends HasMetadata>> TYPES = Map.of(
            "apps/v1 Deployment", Deployment.class,
            "autoscaling/v2 HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
            "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
            "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class,
            "v1 Service", Service.class,
            "v1 ServiceAccount", ServiceAccount.class);

    private static final ObjectMapper STRICT = YAMLMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                // The model's types put aside what they do not know, in order to write it back. Without that, Jackson
                // refuses it.
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .build();

    private Manifests() {}

    static Path folder() {
        return Repository.root().resolve("k8s");
    }

    /** All YAML files below {@link #folder}, sorted. */
    static List<Path> files() {
        try (Stream<Path> files = Files.walk(folder())) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static boolean isKustomization(Path file) {
        return file.endsWith("kustomization.yaml");
    }

    static Kustomization kustomization(Path file) {
        try {
            return STRICT.readValue(file.toFile(), Kustomization.class);
        } catch (IOException wrong) {
            throw new IllegalArgumentException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    /** The object of a file that holds one. */
    static HasMetadata read(Path file) {
        try {
            List<HasMetadata> objects = parse(Files.readString(file));
            if (objects.size() != 1) {
                throw new IllegalArgumentException(file + " holds " + objects.size() + " objects, not one");
            }
            return objects.get(0);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    /** An object of the base. */
    static <T extends HasMetadata> T base(Class<T> type) {
        return type.cast(
                read(folder().resolve("base").resolve(type.getSimpleName().toLowerCase(Locale.ROOT) + ".yaml")));
    }

    /** @throws IllegalArgumentException if a document is not of a known kind, or has a key that its kind does not have */
    static List<HasMetadata> parse(String yaml) {
        try {
            return STRICT.readerFor(JsonNode.class).<JsonNode>readValues(yaml).readAll().stream()
                    .map(Manifests::object)
                    .toList();
        } catch (IOException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
    }

    private static HasMetadata object(JsonNode document) {
        String kind = document.path("apiVersion").asText() + " "
                + document.path("kind").asText();
        Class<? extends HasMetadata> type = TYPES.get(kind);
        if (type == null) {
            throw new IllegalArgumentException("Unknown kind " + kind);
        }
        try {
            return STRICT.treeToValue(document, type);
        } catch (IOException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
    }
}
