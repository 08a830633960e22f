package dev.dragoman.app.detection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.configuration.DetectionAccuracy;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LanguageDetectionTest {
    private final LanguageDetection detection = TestDetection.shared();

    @ParameterizedTest
    @CsvSource({
        "en, The file could not be opened because it does not exist.",
        "fr, Le fichier n'a pas pu \u00eatre ouvert parce qu'il n'existe pas.",
        "de, Die Datei konnte nicht ge\u00f6ffnet werden.",
        "es, El archivo no se pudo abrir porque no existe.",
        "nl, Het bestand kon niet worden geopend omdat het niet bestaat.",
        "ru, \u0424\u0430\u0439\u043b \u043d\u0435 \u043d\u0430\u0439\u0434\u0435\u043d",
        "zh, \u65e0\u6cd5\u6253\u5f00\u6587\u4ef6",
    })
    void detect_aSentence(String language, String text) {
        Detection best = detection.detect(text).get(0);
        assertThat(best.language()).isEqualTo(language);
        assertThat(best.confidence()).isBetween(60, 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "123", "5 % ...", "\ud83d\ude00", "\u10d0\u10d1\u10d2"})
    void detect_whatCannotBeTold(String text) {
        assertThat(detection.detect(text)).containsExactly(Detection.UNKNOWN);
    }

    /** Of a language that is not served it is likelier than of one that is, without a prior. */
    @Test
    void detect_prefersWhatIsServed() {
        assertThat(detection.detect("Open file").get(0).language()).isEqualTo("en");
    }

    @Test
    void detect_guessesInOrderAndOfAboutAHundredPercent() {
        List<Detection> guesses = detection.detect("test");
        assertThat(guesses).hasSizeGreaterThan(1);
        assertThat(guesses).isSortedAccordingTo((a, b) -> b.confidence() - a.confidence());
        assertThat(guesses.stream().mapToInt(Detection::confidence).sum()).isBetween(95, 105);
    }

    @Test
    void detect_aTextWithoutEndTakesNoLongerThanAParagraph() {
        assertThat(detection
                        .detect("The file could not be opened. ".repeat(100_000))
                        .get(0)
                        .language())
                .isEqualTo("en");
    }

    @Test
    void detect_saysTheCodeThatIsServed() {
        LanguageDetection portuguese = new LanguageDetection(() -> List.of("pt-BR", "xx"), DetectionAccuracy.LOW);
        assertThat(portuguese
                        .detect("O arquivo n\u00e3o p\u00f4de ser aberto.")
                        .get(0)
                        .language())
                .isEqualTo("pt-BR");
    }

    @Test
    void warmUp_readsOnceWhoeverAsks() {
        AtomicInteger reads = new AtomicInteger();
        LanguageDetection counted = counted(reads, List.of(List.of("en")));
        assertThat(reads).hasValue(0);
        counted.warmUp();
        counted.detect("One.");
        counted.detect("Two.");
        assertThat(reads).hasValue(1);
    }

    @Test
    void detect_readsAnewWhenOtherLanguagesAreServed() {
        AtomicInteger reads = new AtomicInteger();
        LanguageDetection counted =
                counted(reads, List.of(List.of("en", "pl"), List.of("pl", "en"), List.of("en", "fi")));
        String polish = "Nie mo\u017cna otworzy\u0107 pliku, poniewa\u017c on nie istnieje.";
        assertThat(counted.detect(polish).get(0).language()).isEqualTo("pl");
        counted.detect(polish);
        assertThat(reads).hasValue(1);
        assertThat(counted.detect(polish)).extracting(Detection::language).doesNotContain("pl");
        assertThat(reads).hasValue(2);
    }

    /** Counts how often models are read; at each text other languages are served, at last the last ones. */
    private static LanguageDetection counted(AtomicInteger reads, List<List<String>> served) {
        Iterator<List<String>> each = served.iterator();
        AtomicReference<List<String>> now = new AtomicReference<>(List.of());
        return new LanguageDetection(
                () -> {
                    if (each.hasNext()) {
                        now.set(each.next());
                    }
                    return now.get();
                },
                codes -> {
                    reads.incrementAndGet();
                    return new TextClassifier(codes, true);
                });
    }
}
