package dev.dragoman.app.libretranslate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dragoman.app.configuration.DragomanProperties.LimitProperties;
import dev.dragoman.app.detection.TestDetection;
import dev.dragoman.app.errors.Excess;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.models.TestModels;
import dev.dragoman.app.translation.TestTranslation;
import dev.dragoman.app.translation.ValidRequest;
import dev.dragoman.app.translation.ValidText;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.faithful.SentenceConstraints;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class RequestValidatorTest {
    private static final LimitProperties LIMITS =
            new LimitProperties(10, 3, 2, DataSize.ofMegabytes(1), Duration.ofSeconds(30));
    private static final Models MODELS =
            TestModels.serving(new FakeTranslator("v1", TestServer.EN_FR, TestServer.EN_DE));

    private final RequestValidator validator = validator(MODELS);

    private static RequestValidator validator(Models models) {
        return new RequestValidator(
                LIMITS, TestTranslation.limits(LIMITS), TestTranslation.router(TestDetection.shared()), models);
    }

    @AfterAll
    static void close() {
        MODELS.close();
    }

    @Test
    void validate_aRequest() {
        ValidRequest valid = validate(List.of("Hello"), "EN", "Fr", "text", "2");
        assertThat(valid.texts().get(0).pair()).isEqualTo(TestServer.EN_FR);
        assertThat(valid.texts()).extracting(ValidText::text).containsExactly("Hello");
        assertThat(valid.alternatives()).isEqualTo(2);
        assertThat(valid.texts().get(0).model()).isNotNull();
    }

    @Test
    void validate_cleansTexts() {
        assertThat(validate(List.of("a\0b\uD83D"), "en", "fr", null, null).texts())
                .extracting(ValidText::text)
                .containsExactly("a b\uFFFD");
    }

    @Test
    void validate_theSameLanguageNeedsNoModel() {
        ValidRequest valid = validate(List.of("Hello"), "fr", "fr", null, null);
        assertThat(valid.texts().get(0).model()).isNull();
        assertThat(valid.texts().get(0).pair()).isEqualTo(new LanguagePair("fr", "fr"));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "text"})
    void format_text(@Nullable String format) {
        assertThat(validate(List.of("Hello"), "en", "fr", format, null)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "pdf, pdf format is not supported: format must be text or html",
        "Text, Text format is not supported: format must be text or html",
        "'a long text, not a format', Invalid request: the value of the format parameter is not supported: format must be text or html",
    })
    void format_another(String format, String message) {
        assertInvalid(message, "en", "fr", format, null);
    }

    @ParameterizedTest
    @CsvSource({"-5, 0", "0, 0", "+1, 1", "2, 2"})
    void alternatives_aNumber(String written, int number) {
        assertThat(validate(List.of("Hello"), "en", "fr", null, written).alternatives())
                .isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1.5", " 1", "0x1", "1e1", "\u0663"})
    void alternatives_noNumber(String written) {
        assertInvalid("Invalid request: alternatives parameter is not a number", "en", "fr", null, written);
    }

    @Test
    void alternatives_tooMany() {
        assertThatExceptionOfType(ServiceException.LimitExceeded.class)
                .isThrownBy(() -> validate(List.of("Hello"), "en", "fr", null, "3"))
                .withMessage("Invalid request: alternatives parameter must be <= 2, but is 3")
                .satisfies(exceeded -> assertThat(exceeded.excess()).isEqualTo(new Excess("alternatives", 2, 3L)));
        assertInvalid(
                "Invalid request: alternatives parameter must be <= 2, but has 20 digits",
                "en",
                "fr",
                null,
                "99999999999999999999");
    }

    @ParameterizedTest
    @CsvSource({
        "xx, fr, xx is not supported: source must be auto or a code of /languages",
        "en, xx, xx is not supported: target must be a code of /languages",
        "yy, xx, yy is not supported: source must be auto or a code of /languages",
        "en-GB, fr, en-GB is not supported: source must be auto or a code of /languages",
        "AUTO, xx, xx is not supported: target must be a code of /languages",
        "en, auto, auto is not supported: target must be a code of /languages",
        "<script>, fr, Invalid request: the value of the source parameter is not supported: source must be auto or a code of /languages",
        "en, my secret, Invalid request: the value of the target parameter is not supported: target must be a code of /languages",
        "fr, en, English (en) is not available as a target language from French (fr)",
        "de, FR, French (fr) is not available as a target language from German (de)",
    })
    void languages_notServed(String source, String target, String message) {
        assertInvalid(message, source, target, null, null);
    }

    @Test
    void texts_tooMany() {
        assertThatExceptionOfType(ServiceException.LimitExceeded.class)
                .isThrownBy(() -> validate(Collections.nCopies(4, "x"), "en", "fr", null, null))
                .withMessage("Invalid request: request (4) exceeds text limit (3): texts of q");
    }

    @Test
    void texts_tooLong() {
        assertThatExceptionOfType(ServiceException.LimitExceeded.class)
                .isThrownBy(() -> validate(List.of("x".repeat(11)), "en", "fr", null, null))
                .withMessage("Invalid request: request (11) exceeds text limit (10): characters of q");
        assertThatExceptionOfType(ServiceException.LimitExceeded.class)
                .isThrownBy(() -> validate(List.of("x", "x".repeat(12)), "en", "fr", null, null))
                .withMessage("Invalid request: request (12) exceeds text limit (10): characters of q[1]");
    }

    @Test
    void texts_ofAnotherFieldAreNamedByIt() {
        assertThatExceptionOfType(ServiceException.LimitExceeded.class)
                .isThrownBy(() -> validator.validate(request(List.of("x".repeat(11)), "en", "fr", null, null), "file"))
                .withMessage("Invalid request: request (11) exceeds text limit (10): characters of file");
    }

    @Test
    void texts_areCountedInCodePoints() {
        assertThat(validate(List.of("\uD83D\uDE00".repeat(10)), "en", "fr", null, null))
                .isNotNull();
    }

    /** Each request has the mistake of its own line and all of the lines below. */
    @Test
    void mistakes_inLibreTranslatesOrder() {
        List<String> many = Collections.nCopies(4, "x".repeat(11));
        List<String> longOnes = List.of("x".repeat(11));
        List<String> good = List.of("x");
        assertMessage("Invalid request: alternatives parameter is not a number", many, "xx", "yy", "zz", "x");
        assertMessage("Invalid request: alternatives parameter must be <= 2, but is 3", many, "xx", "yy", "zz", "3");
        assertMessage("Invalid request: request (4) exceeds text limit (3): texts of q", many, "xx", "yy", "zz", "1");
        assertMessage(
                "Invalid request: request (11) exceeds text limit (10): characters of q",
                longOnes,
                "xx",
                "yy",
                "zz",
                "1");
        assertMessage("xx is not supported: source must be auto or a code of /languages", good, "xx", "yy", "zz", "1");
        assertMessage("yy is not supported: target must be a code of /languages", good, "fr", "yy", "zz", "1");
        assertMessage("zz format is not supported: format must be text or html", good, "fr", "en", "zz", "1");
        assertMessage(
                "English (en) is not available as a target language from French (fr)", good, "fr", "en", "text", "1");
    }

    @Test
    void models_notOpenYet() {
        RequestValidator early = validator(TestModels.neverOpen());
        assertThatExceptionOfType(ServiceException.Unavailable.class)
                .isThrownBy(() -> early.validate(request(List.of("Hello"), "en", "fr", null, null)));
    }

    private void assertInvalid(
            String message, String source, String target, @Nullable String format, @Nullable String alternatives) {
        assertMessage(message, List.of("Hello"), source, target, format, alternatives);
    }

    private void assertMessage(
            String message,
            List<String> texts,
            String source,
            String target,
            @Nullable String format,
            @Nullable String alternatives) {
        assertThatExceptionOfType(ServiceException.class)
                .isThrownBy(() -> validate(texts, source, target, format, alternatives))
                .withMessage(message);
    }

    private ValidRequest validate(
            List<String> texts, String source, String target, @Nullable String format, @Nullable String alternatives) {
        return validator.validate(request(texts, source, target, format, alternatives));
    }

    @Test
    void constraints_areTakenOver() {
        SentenceConstraints constraints = constrained(
                        List.of("Hello"), List.of(term("server", "Server")), List.of("Rechner"), "Der")
                .constraints();
        assertThat(constraints.glossary().targets("the server")).containsExactly("Server");
        assertThat(constraints.banned()).containsExactly("Rechner");
        assertThat(constraints.prefix()).isEqualTo("Der");
        assertThat(validate(List.of("Hello"), "en", "fr", null, null).constraints())
                .isEqualTo(SentenceConstraints.NONE);
    }

    @Test
    void constraints_overALimit_areNamed() {
        assertConstraintMessage(
                "Invalid request: request (501) exceeds text limit (500): terms of glossary",
                Collections.nCopies(501, term("a", "b")),
                List.of(),
                null);
        assertConstraintMessage(
                "Invalid request: request (101) exceeds text limit (100): characters of glossary[1].target",
                List.of(term("a", "b"), term("a", "b".repeat(101))),
                List.of(),
                null);
        assertConstraintMessage(
                "Invalid request: glossary[0].source must not be blank", List.of(term(" ", "b")), List.of(), null);
        assertConstraintMessage(
                "Invalid request: request (101) exceeds text limit (100): phrases of banned",
                List.of(),
                Collections.nCopies(101, "a"),
                null);
        assertConstraintMessage("Invalid request: banned[0] must not be blank", List.of(), List.of(""), null);
        assertConstraintMessage(
                "Invalid request: request (1001) exceeds text limit (1000): characters of target_prefix",
                List.of(),
                List.of(),
                "a".repeat(1001));
        assertThatExceptionOfType(ServiceException.class)
                .isThrownBy(() -> constrained(List.of("One", "Two"), List.of(), List.of(), "Der"))
                .withMessage("Invalid request: target_prefix parameter needs a single text in q, but there are 2");
    }

    private void assertConstraintMessage(
            String message, List<Map<String, String>> glossary, List<String> banned, @Nullable String prefix) {
        assertThatExceptionOfType(ServiceException.class)
                .isThrownBy(() -> constrained(List.of("Hello"), glossary, banned, prefix))
                .withMessage(message);
    }

    private ValidRequest constrained(
            List<String> texts, List<Map<String, String>> glossary, List<String> banned, @Nullable String prefix) {
        return validator.validate(
                new TranslationRequest(texts, texts.size() > 1, "en", "fr", null, null, glossary, banned, prefix));
    }

    private static Map<String, String> term(String source, String target) {
        return Map.of("source", source, "target", target);
    }

    private static TranslationRequest request(
            List<String> texts, String source, String target, @Nullable String format, @Nullable String alternatives) {
        return new TranslationRequest(texts, texts.size() > 1, source, target, format, alternatives);
    }
}
