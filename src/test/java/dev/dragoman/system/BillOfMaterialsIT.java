package dev.dragoman.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bill of materials in the server's jar against the jars that are really in it. */
class BillOfMaterialsIT {
    /** Those under which the server may be passed on beside its own; of several that a project offers, one will do. */
    private static final Set<String> LICENCES = Set.of(
            "Apache-2.0",
            "MIT",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "EPL-2.0",
            "EPL-1.0",
            "MPL-2.0",
            "Unicode-3.0",
            "EPL 1.0",
            "Public Domain");

    private static Set<String> jars;
    private static List<JsonNode> components;

    @BeforeAll
    static void read() throws IOException {
        try (JarFile jar = new JarFile(Repository.serverJar().toFile())) {
            jars = jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith("BOOT-INF/lib/") && name.endsWith(".jar"))
                    .map(name -> name.substring("BOOT-INF/lib/".length()))
                    // Put there by the packaging itself.
                    .filter(name -> !name.startsWith("spring-boot-jarmode-tools"))
                    .collect(Collectors.toCollection(TreeSet::new));
            try (InputStream bill = jar.getInputStream(jar.getEntry("META-INF/sbom/application.cdx.json"))) {
                JsonNode document = new JsonMapper().readTree(bill.readAllBytes());
                assertThat(document.get("bomFormat").stringValue()).isEqualTo("CycloneDX");
                components = document.get("components").valueStream().toList();
            }
        }
    }

    @Test
    void bill_hasEveryJar() {
        Set<String> known = components.stream()
                .map(component -> component.get("name").stringValue() + "-"
                        + component.get("version").stringValue())
                .collect(Collectors.toSet());
        assertThat(jars)
                .hasSizeGreaterThan(20)
                .allSatisfy(jar ->
                        assertThat(known).anyMatch(name -> jar.equals(name + ".jar") || jar.startsWith(name + "-")));
    }

    @Test
    void components_canBeLookedUp() {
        assertThat(components).allSatisfy(component -> {
            assertThat(component.get("purl").stringValue()).startsWith("pkg:maven/");
            String group = component.get("group").stringValue();
            assertThat(group.equals("dev.dragoman") || !component.path("hashes").isEmpty())
                    .isTrue();
        });
    }

    @Test
    void licences_allowThatTheServerIsPassedOn() {
        Map<String, Set<String>> refused = new TreeMap<>();
        for (JsonNode component : components) {
            Set<String> licences = component
                    .path("licenses")
                    .valueStream()
                    .flatMap(BillOfMaterialsIT::names)
                    .collect(Collectors.toCollection(TreeSet::new));
            if (licences.stream().noneMatch(LICENCES::contains)) {
                refused.put(component.get("name").stringValue(), licences);
            }
        }
        assertThat(refused).isEmpty();
    }

    private static Stream<String> names(JsonNode choice) {
        JsonNode licence = choice.path("license");
        return Stream.of(licence.path("id"), licence.path("name"), choice.path("expression"))
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue);
    }
}
