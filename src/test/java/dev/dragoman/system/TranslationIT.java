package dev.dragoman.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.system.ServerProcess.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The packaged server with the default model: what it says. */
class TranslationIT {
    private static ServerProcess server;

    @BeforeAll
    static void start() {
        server = ServerProcess.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "fr, The package could not be installed., paquet",
        "de, The package could not be installed., Paket",
        "fr, The file could not be opened., fichier",
        "de, The file could not be opened., Datei",
    })
    void translate_aSentence(String target, String sentence, String expectedWord) {
        Answer answer = server.translate(request("\"" + sentence + "\"", target));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo("application/json");
        assertThat(answer.translatedText()).contains(expectedWord).isNotEqualTo(sentence);
    }

    @Test
    void translate_aList() {
        JsonNode texts = server.translate(request("[\"Open the file.\", \"\", \"5 %\", \"Close the window.\"]", "fr"))
                .json()
                .get("translatedText");
        assertThat(texts.size()).isEqualTo(4);
        assertThat(texts.get(0).asString()).isNotBlank().isNotEqualTo("Open the file.");
        assertThat(texts.get(1).asString()).isEmpty();
        assertThat(texts.get(2).asString()).isEqualTo("5 %");
        assertThat(texts.get(3).asString()).isNotBlank().isNotEqualTo("Close the window.");
    }

    @Test
    void translate_withAGlossary() {
        String text = server.translate("{\"q\":\"The server is down. Restart it.\",\"source\":\"en\",\"target\":\"de\","
                        + "\"glossary\":[{\"source\":\"server\",\"target\":\"Rechner\"}]}")
                .translatedText();
        assertThat(text).containsOnlyOnce("Rechner").doesNotContain("Server");
        assertThat(server.translate(request("\"The server is down. Restart it.\"", "de"))
                        .translatedText())
                .contains("Server");
    }

    @Test
    void translate_withBannedWordsAndAPrefix() {
        String text = server.translate(
                        "{\"q\":\"Select the file that you want to open.\",\"source\":\"en\",\"target\":\"de\","
                                + "\"banned\":[\"Datei\"],\"target_prefix\":\"Bitte w\u00e4hlen\"}")
                .translatedText();
        assertThat(text).startsWith("Bitte w\u00e4hlen").doesNotContainPattern("\\bDatei\\b");
    }

    @Test
    void translate_constraintsThatCannotBeKept() {
        Answer refused = server.translate("{\"q\":\"The server is down.\",\"source\":\"en\",\"target\":\"de\","
                + "\"glossary\":[{\"source\":\"server\",\"target\":\"der Rechner\"}],\"banned\":[\"Rechner\"]}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("message").asString())
                .isEqualTo("Invalid request: glossary[0].target has a phrase in it that is in banned");
    }

    @Test
    void translate_withAlternatives() {
        JsonNode answer = server.translate(
                        "{\"q\":\"Save the file.\",\"source\":\"en\",\"target\":\"de\",\"alternatives\":3}")
                .json();
        List<String> texts =
                new ArrayList<>(List.of(answer.get("translatedText").asString()));
        answer.get("alternatives").forEach(alternative -> texts.add(alternative.asString()));
        assertThat(texts).hasSizeBetween(2, 4).doesNotHaveDuplicates();
    }

    @Test
    void translate_aTextOfTwoHundredSentences() {
        String text = IntStream.range(0, 200)
                .mapToObj(i -> "Step " + i + " opens the file of user number " + (i * 7) + ".")
                .collect(Collectors.joining("\\n\\n"));
        Answer answer = server.translate(request("\"" + text + "\"", "fr"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.translatedText().split("\n\n", -1))
                .hasSize(200)
                .allSatisfy(sentence -> assertThat(sentence).isNotBlank());
    }

    @Test
    void translate_aSentenceLongerThanTheModelReads() {
        String sentence = "The user opens the file, saves it under a new name, ".repeat(40) + "and closes it.";
        Answer answer = server.translate(request("\"" + sentence + "\"", "de"));
        assertThat(answer.status()).isEqualTo(200);
        // How much a model makes of so dull a sentence is its own affair, but cut off after the first part it would be
        // shorter.
        assertThat(answer.translatedText().length()).isGreaterThan(sentence.length() / 10);
    }

    @Test
    void translate_theSameAloneAndInCompany() {
        List<String> sentences =
                List.of("Open the file.", "The disk is full.", "Enter your password.", "Try again later.");
        List<CompletableFuture<Answer>> together = sentences.stream()
                .map(sentence -> server.translateAsync(request("\"" + sentence + "\"", "fr")))
                .toList();
        List<String> translations =
                together.stream().map(answer -> answer.join().translatedText()).toList();
        // With another number of hypotheses to return, the cache knows nothing of them.
        for (int i = 0; i < sentences.size(); i++) {
            String alone = server.translate("{\"q\":\"" + sentences.get(i)
                            + "\",\"source\":\"en\",\"target\":\"fr\",\"alternatives\":1}")
                    .translatedText();
            assertThat(alone).isEqualTo(translations.get(i));
        }
    }

    @Test
    void translate_odditiesWithoutHarm() {
        for (String text : List.of(
                "\\ud83d\\ude00 \\ud83d",
                "\\u0000\\u0007",
                "\\u202e\\u0301\\u0301\\u0301",
                "\u4e2d\u6587",
                "<b>&amp;</b>",
                "a".repeat(300),
                "?!?!?!",
                "\\r\\n \\t ",
                "{}[]\\\\\\\"",
                "<2de> <s> </s> <unk>")) {
            assertThat(server.translate(request("\"" + text + "\"", "fr")).status())
                    .isIn(200, 400);
        }
        assertThat(server.get("/livez").status()).isEqualTo(200);
    }

    @Test
    void languages_areThoseOfTheModel() {
        assertThat(server.get("/languages").json().findValuesAsString("code")).contains("en", "fr", "de");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"source\":\"en\",\"target\":\"fr\"} | Invalid request: missing q parameter",
                "{\"q\":\"x\",\"source\":\"auto\",\"target\":\"xx\"} | xx is not supported: target must be a code of /languages",
                "{\"q\":\"x\",\"source\":\"en\",\"target\":\"xx\"} | xx is not supported: target must be a code of /languages",
                "{\"q\":\"x\",\"source\":\"fr\",\"target\":\"de\"} |"
                        + " German (de) is not available as a target language from French (fr)",
                "nonsense | Invalid JSON format",
            })
    void translate_aBadRequest(String body, String error) {
        Answer answer = server.translate(body);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("error").asString()).isEqualTo(error);
    }

    private static String request(String q, String target) {
        return "{\"q\":" + q + ",\"source\":\"en\",\"target\":\"" + target + "\"}";
    }
}
