package dev.dragoman.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.deepl.api.DeepLClient;
import com.deepl.api.DeepLClientOptions;
import com.deepl.api.DeepLException;
import com.deepl.api.Formality;
import com.deepl.api.Language;
import com.deepl.api.NotFoundException;
import com.deepl.api.SentenceSplittingMode;
import com.deepl.api.TextResult;
import com.deepl.api.TextTranslationOptions;
import com.deepl.api.Usage;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** DeepL's client library for Java, unmodified, against the packaged server with the default model. */
class DeepLClientIT {
    private static final String SENTENCE = "The file could not be opened.";

    private static ServerProcess server;
    private static DeepLClient client;

    @BeforeAll
    static void start() {
        server = ServerProcess.start();
        String address = "http://" + server.uri("/").getAuthority();
        client = new DeepLClient("any:fx", (DeepLClientOptions) new DeepLClientOptions().setServerUrl(address));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void translateText_ofADetectedLanguage() throws Exception {
        TextResult result = client.translateText(SENTENCE, null, "de");
        assertThat(result.getText()).contains("Datei");
        assertThat(result.getDetectedSourceLanguage()).isEqualTo("en");
        assertThat(result.getBilledCharacters()).isEqualTo(SENTENCE.length());
    }

    @Test
    void translateText_ofAList() throws Exception {
        List<TextResult> results = client.translateText(List.of(SENTENCE, "5 %"), "EN", "FR");
        assertThat(results).extracting(TextResult::getText).hasSize(2).endsWith("5 %");
        assertThat(results.get(0).getText()).contains("fichier");
    }

    @Test
    void translateText_withOptions() throws Exception {
        TextTranslationOptions options = new TextTranslationOptions()
                .setTagHandling("xml")
                .setIgnoreTags(List.of("x"))
                .setSentenceSplittingMode(SentenceSplittingMode.NoNewlines)
                .setPreserveFormatting(true)
                .setFormality(Formality.PreferMore)
                .setModelType("latency_optimized")
                .setContext("A menu.");
        TextResult result = client.translateText("Open <x id=\"1\">it</x> <b>the file</b>.", "en", "de", options);
        assertThat(result.getText()).contains("<x id=\"1\">it</x> <b>").contains("</b>");
        assertThat(result.getModelTypeUsed()).isEqualTo("latency_optimized");
    }

    @Test
    void translateText_refused() {
        assertThatExceptionOfType(DeepLException.class)
                .isThrownBy(() -> client.translateText("a", null, "xx"))
                .withMessageContaining("Value for 'target_lang' not supported: xx");
        assertThatExceptionOfType(DeepLException.class)
                .isThrownBy(() -> client.translateText(
                        "a", null, "de", new TextTranslationOptions().setFormality(Formality.More)))
                .withMessageContaining("Target language 'DE' does not support formality");
        assertThatExceptionOfType(DeepLException.class)
                .isThrownBy(() -> client.translateText(
                        "a",
                        "en",
                        "de",
                        new TextTranslationOptions().setGlossaryId("6c9b6f0e-6f6c-4f5f-9d4c-2f3d9a1c2b3a")))
                .withMessageContaining("this server has none");
    }

    @Test
    void getLanguages() throws Exception {
        assertThat(client.getSourceLanguages()).extracting(Language::getCode).contains("en");
        List<Language> targets = client.getTargetLanguages();
        assertThat(targets).extracting(Language::getCode).contains("de", "fr");
        assertThat(targets).extracting(Language::getSupportsFormality).containsOnly(false);
    }

    @Test
    void getUsage() throws Exception {
        client.translateText("5 %", "en", "de");
        Usage.Detail characters = client.getUsage().getCharacter();
        assertThat(characters).isNotNull();
        assertThat(characters.getCount()).isPositive();
        assertThat(characters.limitReached()).isFalse();
    }

    @Test
    void whatIsNotOffered() throws Exception {
        assertThat(client.listGlossaries()).isEmpty();
        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> client.listMultilingualGlossaries());
    }
}
