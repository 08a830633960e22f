package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import dev.dragoman.inference.LanguagePair;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A server whose models meet in English. */
class PivotIT {
    private static final LanguagePair FR_EN = new LanguagePair("fr", "en");

    private final FakeTranslator french = new FakeTranslator("v1", FR_EN);
    private final FakeTranslator german = new FakeTranslator("v2", TestServer.EN_DE);

    @Test
    void translate_throughEnglish() {
        try (TestServer server = start()) {
            french.forget();
            german.forget();
            Answer answer = server.postJson(request("Une phrase. Une autre.", "fr"));
            assertThat(answer.body()).isEqualTo("{\"translatedText\":\"UNE PHRASE. UNE AUTRE.\"}");
            assertThat(french.timesTranslated("Une phrase.")).isEqualTo(1);
            assertThat(german.timesTranslated("UNE PHRASE.")).isEqualTo(1);
            assertThat(server.get("/actuator/prometheus").body().lines())
                    .anyMatch(line ->
                            line.startsWith("translation_requests_seconds_count{outcome=\"ok\",pair=\"fr-de\"} 1"))
                    .contains("translation_decoded_sentences_total{model=\"french\",pair=\"fr-en\"} 2.0")
                    .contains("translation_decoded_sentences_total{model=\"german\",pair=\"en-de\"} 2.0");

            // Both legs are in the cache now.
            server.postJson(request("Une autre.", "fr"));
            server.postJson(request("UNE AUTRE.", "en"));
            assertThat(french.timesTranslated("Une autre.")).isEqualTo(1);
            assertThat(german.timesTranslated("UNE AUTRE.")).isEqualTo(1);
        }
    }

    @Test
    void translate_ofADetectedLanguage() {
        try (TestServer server = start()) {
            Answer answer = server.postJson(request("Le fichier est trop grand pour cette page, monsieur.", "auto"));
            assertThat(answer.json().at("/detectedLanguage/language").stringValue())
                    .isEqualTo("fr");
            assertThat(answer.json().at("/translatedText").stringValue()).startsWith("LE FICHIER");
        }
    }

    @Test
    void languages_listWhatEnglishLeadsTo() {
        try (TestServer server = start()) {
            assertThat(server.get("/languages").body())
                    .isEqualTo("[{\"code\":\"de\",\"name\":\"German\",\"targets\":[\"de\"]},"
                            + "{\"code\":\"en\",\"name\":\"English\",\"targets\":[\"de\",\"en\"]},"
                            + "{\"code\":\"fr\",\"name\":\"French\",\"targets\":[\"de\",\"en\",\"fr\"]}]");
        }
    }

    @Test
    void translate_aPairThatAModelServesItself() {
        FakeTranslator direct = new FakeTranslator("v3", new LanguagePair("fr", "de"));
        try (TestServer server = TestServer.start(Map.of("french", french, "german", german, "direct", direct))) {
            server.postJson(request("Une phrase.", "fr"));
            assertThat(direct.timesTranslated("Une phrase.")).isEqualTo(1);
            assertThat(french.timesTranslated("Une phrase.")).isZero();
        }
    }

    @Test
    void translate_switchedOff() {
        try (TestServer server = start("dragoman.pivot=false")) {
            assertThat(server.postJson(request("Une phrase.", "fr")).status()).isEqualTo(400);
            assertThat(server.get("/languages").body()).contains("\"French\",\"targets\":[\"en\",\"fr\"]");
        }
    }

    private TestServer start(String... properties) {
        return TestServer.start(Map.of("french", french, "german", german), properties);
    }

    private static String request(String text, String source) {
        return "{\"q\":\"" + text + "\",\"source\":\"" + source + "\",\"target\":\"de\"}";
    }
}
