package dev.dragoman.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.dragoman.system.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The arrows between the modules, each with its reason.
 *
 * <p>Maven alone does not hold them: a module sees all that its dependencies depend on.
 */
class ArchitectureTest {
    private static final List<String> MODULES = List.of("tokenizer", "model", "inference", "training", "app");

    private static final String TOKENIZER = "dev.dragoman.tokenizer..";
    private static final String MODEL = "dev.dragoman.model..";
    private static final String INFERENCE = "dev.dragoman.inference..";
    private static final String TRAINING = "dev.dragoman.training..";
    private static final String APP = "dev.dragoman.app..";

    private static final JavaClasses PRODUCT = classesIn("classes");
    private static final JavaClasses TESTS = classesIn("test-classes");

    private static JavaClasses classesIn(String folder) {
        return new ClassFileImporter()
                .importPaths(Stream.concat(
                                MODULES.stream()
                                        .map(module -> Repository.root()
                                                .resolve(module)
                                                .resolve("target")),
                                Stream.of(Repository.root().resolve("src/test/target")))
                        .map(target -> target.resolve(folder))
                        .filter(Files::isDirectory)
                        .toArray(Path[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {TOKENIZER, MODEL, INFERENCE, TRAINING, APP})
    void modules_areAllHere(String module) {
        assertThat(PRODUCT.that(resideInAPackage(module))).isNotEmpty();
    }

    @Test
    void tokenizer_usesNoOtherModule() {
        noClasses()
                .that()
                .resideInAPackage(TOKENIZER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(MODEL, INFERENCE, TRAINING, APP)
                .because(
                        "only ids and a vocabulary size cross between text and network, so that either can be replaced")
                .check(PRODUCT);
    }

    @Test
    void model_usesNoOtherModule() {
        noClasses()
                .that()
                .resideInAPackage(MODEL)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(TOKENIZER, INFERENCE, TRAINING, APP)
                .because("the network knows ids; pieces and text are the tokenizer's, search is that of inference")
                .check(PRODUCT);
    }

    @Test
    void model_doesNoArithmeticOfArraysWithNumbers() {
        noClasses()
                .that()
                .resideInAPackage(MODEL)
                .should()
                .callMethodWhere(target(owner(assignableTo(NDArray.class)))
                        .and(target(rawParameterTypes(Number.class)))
                        .as("call arithmetic of an array with a number"))
                .because(
                        "the engine remembers the number for the gradient where it lies, in memory that Java may free before;"
                                + " there is GradientTape.filled")
                .check(PRODUCT);
    }

    @Test
    void inference_usesTokenizerAndModelOnly() {
        noClasses()
                .that()
                .resideInAPackage(INFERENCE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(TRAINING, APP)
                .because(
                        "search serves the server and the trainer's validation alike and must not drag one into the other")
                .check(PRODUCT);
    }

    @Test
    void training_doesNotUseApp() {
        noClasses()
                .that()
                .resideInAPackage(TRAINING)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(APP)
                .because("a trainer runs for days on machines that serve nobody")
                .check(PRODUCT);
    }

    @Test
    void app_usesInferenceOnly() {
        noClasses()
                .that()
                .resideInAPackage(APP)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(TOKENIZER, MODEL, TRAINING)
                .because("the server reaches models through the Translator alone and never links the trainer")
                .check(PRODUCT);
    }

    @Test
    void app_knowsNoProtocolBelowItsControllers() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.dragoman.app.translation..",
                        "dev.dragoman.app.sentences..",
                        "dev.dragoman.app.models..",
                        "dev.dragoman.app.detection..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.dragoman.app.libretranslate..", "dev.dragoman.app.deepl..", "jakarta.servlet..")
                .because("every protocol is one thin layer over the same translations, and another may come")
                .check(PRODUCT);
    }

    @Test
    void app_protocolsDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage("dev.dragoman.app.deepl..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.dragoman.app.libretranslate..")
                .because("what they share belongs to translation or http")
                .check(PRODUCT);
    }

    @Test
    void app_readsNoPathAndFetchesNoAddressForClients() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "dev.dragoman.app.libretranslate..",
                        "dev.dragoman.app.deepl..",
                        "dev.dragoman.app.openinference..",
                        "dev.dragoman.app.http..",
                        "dev.dragoman.app.translation..",
                        "dev.dragoman.app.sentences..",
                        "dev.dragoman.app.system..")
                .and()
                // Reads the kernel's list of connections, from two paths that are constants and no others.
                .doNotHaveFullyQualifiedName("dev.dragoman.app.http.ConnectionTable")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.nio.file..", "java.net.http..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.File")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.URL")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.URI")
                .because("what a client names must never become a path or an address of this machine")
                .check(PRODUCT);
    }

    @Test
    void product_doesNotUseBenchmark() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.dragoman.benchmark..")
                .because("what measures the product is not shipped with it")
                .check(PRODUCT);
    }

    @Test
    void app_holdsNoTensor() {
        noClasses()
                .that()
                .resideInAPackage(APP)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl..")
                .because("native memory has its owners in model and inference; a request must not be able to leak any")
                .check(PRODUCT);
    }

    @Test
    void tokenizer_holdsNoTensor() {
        classes()
                .that()
                .resideInAPackage(TOKENIZER)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("dev.dragoman..", "java..", "ai.djl.sentencepiece..")
                        .or(resideInAnyPackage("ai.djl.engine..", "com.ibm.icu..", "org.jspecify..")))
                .because("of the engine it needs the SentencePiece binding and its exceptions, nothing else")
                .check(PRODUCT);
    }

    @Test
    void engine_knowsNoWebServer() {
        noClasses()
                .that()
                .resideInAnyPackage(TOKENIZER, MODEL, INFERENCE, TRAINING)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "jakarta.servlet..", "org.apache.catalina..")
                .because("training and batch jobs start without Spring, and in a fraction of its time")
                .check(PRODUCT);
    }

    @Test
    void packages_areFreeOfCycles() {
        for (String module : MODULES) {
            slices().matching("dev.dragoman." + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .because("packages in a cycle can only be understood, tested and moved together")
                    .allowEmptyShould(true)
                    .check(PRODUCT);
        }
    }

    @Test
    void tests_doNotUseSpringsExtension() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.springframework.test.context..",
                        "org.springframework.boot.test..",
                        "org.springframework.boot.webmvc.test..")
                .because("Spring 7's extension needs JUnit 6 and fails on 5 with a NoSuchMethodError:"
                        + " start the application by hand, or use MockMvcBuilders.standaloneSetup")
                .check(TESTS);
    }
}
