package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DeepL's paths, byte for byte: its clients fail on members that are null, missing or superfluous. */
class DeepLIT {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(
                new FakeTranslator("v1", TestServer.EN_FR, TestServer.EN_DE),
                "dragoman.limits.characters=1000",
                "dragoman.limits.texts=5",
                "dragoman.queue.tokens=200");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Answer json(String body) {
        return server.post("/v2/translate", "application/json", body.replace('\'', '"'));
    }

    private static String shown(Answer answer) {
        return answer.status() + " " + answer.body().replace('"', '\'');
    }

    @Test
    void translate_json() {
        Answer answer = json("{'text': ['One. Two.', 'a\ud83d\ude00'], 'source_lang': 'EN', 'target_lang': 'DE',"
                + " 'context': 'x', 'style_id': 'y', 'preserve_formatting': true}");
        assertThat(shown(answer))
                .isEqualTo("200 {'translations':["
                        + "{'detected_source_language':'EN','text':'ONE. TWO.','billed_characters':9},"
                        + "{'detected_source_language':'EN','text':'A\ud83d\ude00','billed_characters':2}]}");
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("x-trace-id")).matches("[0-9a-f]{32}");
    }

    @Test
    void translate_formWithRepeatedTextAndBooleansOfForms() {
        Answer answer = server.send(HttpRequest.newBuilder(server.uri("/v2/translate"))
                .header("Content-Type", FORM + "; charset=UTF-8")
                .header("Authorization", "DeepL-Auth-Key any:fx")
                .header("Accept", "text/html, image/gif, image/jpeg, */*; q=0.2")
                .POST(BodyPublishers.ofString("text=One.&text=Two.&target_lang=fr&source_lang=en"
                        + "&show_billed_characters=0&preserve_formatting=1&model_type=prefer_quality_optimized")));
        assertThat(shown(answer))
                .isEqualTo("200 {'translations':["
                        + "{'detected_source_language':'EN','text':'ONE.','model_type_used':'quality_optimized'},"
                        + "{'detected_source_language':'EN','text':'TWO.','model_type_used':'quality_optimized'}]}");
    }

    /** As deep-translator asks: the key and all else in the query. */
    @Test
    void translate_byGet() {
        Answer answer =
                server.get("/v2/translate?auth_key=any&target_lang=de&source_lang=en&text=One.%20Two.&text=%C3%A9");
        assertThat(shown(answer))
                .isEqualTo("200 {'translations':["
                        + "{'detected_source_language':'EN','text':'ONE. TWO.','billed_characters':9},"
                        + "{'detected_source_language':'EN','text':'\u00c9','billed_characters':1}]}");
        assertThat(server.get("/v2/translate?target_lang=de")
                        .json()
                        .get("message")
                        .stringValue())
                .isEqualTo("Parameter 'text' not specified");
    }

    @Test
    void translate_detectsTheSource() {
        assertThat(shown(json("{'text': ['The file could not be opened.', '5'], 'target_lang': 'FR'}")))
                .isEqualTo("200 {'translations':[{'detected_source_language':'EN',"
                        + "'text':'THE FILE COULD NOT BE OPENED.','billed_characters':29},"
                        + "{'detected_source_language':'EN','text':'5','billed_characters':1}]}");
    }

    /** Spanish is nobody's source here: it stays as it is beside what is translated. */
    @Test
    void translate_leavesOneOfSeveralInALanguageThatIsNotServed() {
        String spanish =
                "Los usuarios que han perdido su fichero pueden buscarlo en las carpetas que ellos mismos han creado.";
        Answer answer = json("{'text': ['The file could not be opened.', '" + spanish + "'], 'target_lang': 'FR'}");
        assertThat(shown(answer))
                .isEqualTo("200 {'translations':[{'detected_source_language':'EN',"
                        + "'text':'THE FILE COULD NOT BE OPENED.','billed_characters':29},"
                        + "{'detected_source_language':'ES','text':'" + spanish + "','billed_characters':"
                        + spanish.length() + ",'degenerate':true}]}");
        assertThat(json("{'text': ['" + spanish + "'], 'target_lang': 'FR'}").status())
                .isEqualTo(400);
    }

    /** A slash is a line break in the answer. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'tag_handling': 'xml', 'ignore_tags': ['x'] | a <x id=1>b</x> c | A <x id=1>b</x> C",
                "'tag_handling': 'html' | <b>a &amp; b</b> | <b>A &amp; B</b>",
                "'tag_handling': 'xml', 'split_sentences': '0' | A. b <c/>. d | A. B <c/>. D",
                "'tag_handling': 'xml', 'splitting_tags': ['c'], 'non_splitting_tags': 'd,e', 'outline_detection': false | <a>b<c/>d</a> | <a>B<c/>D</a>",
                "'split_sentences': '0' | A. b.\\nc | A. B. C",
                "'split_sentences': 'nonewlines' | a\\nb | A B",
                "'split_sentences': '1' | a\\nb | A/B",
            })
    void translate_options(String options, String text, String translation) {
        Answer answer = json("{" + options + ", 'text': ['" + text + "'], 'source_lang': 'en', 'target_lang': 'de'}");
        assertThat(answer.json()
                        .get("translations")
                        .get(0)
                        .get("text")
                        .stringValue()
                        .replace("\n", "/"))
                .isEqualTo(translation);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'target_lang': 'DE'} | 400 | Parameter 'text' not specified",
                "{'text': [], 'target_lang': 'DE'} | 400 | Parameter 'text' not specified",
                "{'text': ['a']} | 400 | Parameter 'target_lang' not specified",
                "{'text': [1], 'target_lang': 'DE'} | 400 | Invalid request: text[0] must be a string",
                "{'text': ['a'], 'target_lang': 'XX'} | 400 | Value for 'target_lang' not supported: XX; use a code of /v2/languages?type=target",
                "{'text': ['a'], 'target_lang': 'my secret'} | 400 | Value for 'target_lang' not supported; use a code of /v2/languages?type=target",
                "{'text': ['a'], 'target_lang': 'DE', 'source_lang': 'XX'} | 400 | Value for 'source_lang' not supported: XX; use a code of /v2/languages",
                "{'text': ['a'], 'target_lang': 'DE', 'source_lang': 'FR'} | 400 | German (de) is not available as a target language from French (fr)",
                "{'text': ['a'], 'target_lang': 'DE', 'formality': 'more'} | 400 | Target language 'DE' does not support formality: use default, prefer_more or prefer_less",
                "{'text': ['a'], 'target_lang': 'DE', 'formality': 'rude'} | 400 | Value for 'formality' not supported: rude; use default, prefer_more or prefer_less",
                "{'text': ['a'], 'target_lang': 'DE', 'split_sentences': 'x'} | 400 | Value for 'split_sentences' not supported: x; use 0, 1 or nonewlines",
                "{'text': ['a'], 'target_lang': 'DE', 'tag_handling': 'x'} | 400 | Value for 'tag_handling' not supported: x; use xml or html",
                "{'text': ['a'], 'target_lang': 'DE', 'preserve_formatting': 'x'} | 400 | Invalid request: preserve_formatting parameter must be true or false",
                "{'text': ['a'], 'target_lang': 'DE', 'model_type': 'x'} | 400 | Value for 'model_type' not supported: x; use latency_optimized, quality_optimized or prefer_quality_optimized",
                "{'text': ['a'], 'target_lang': 'DE', 'glossary_id': 'x'} | 404 | Glossary not found: this server has none, leave out 'glossary_id'",
                "{'text': ['LONG'], 'target_lang': 'DE'} | 413 | Request too large: 1001 characters of text[0] exceed the limit of 1000",
                "{'text': ['a','a','a','a','a','a'], 'target_lang': 'DE'} | 413 | Request too large: 6 texts of text exceed the limit of 5",
                "{'text': ['WORDS'], 'source_lang': 'EN', 'target_lang': 'DE'} | 413 | Request too large: 250 tokens of text exceed the limit of 200",
                "nonsense | 400 | Invalid JSON format",
            })
    void translate_wrongRequests(String body, int status, String message) {
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 250; i++) {
            words.append((char) ('a' + i % 26)).append((char) ('a' + i / 26)).append(i % 10 == 9 ? ". " : " ");
        }
        Answer answer = json(body.replace("LONG", "a".repeat(1001))
                .replace("WORDS", words.toString().strip()));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().get("message").stringValue()).isEqualTo(message);
        assertThat(answer.header("x-trace-id")).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /v2/translate, 405",
        "POST, /v2/glossaries, 404",
        "POST, /v2/document, 404",
        "POST, /v2/document/, 404",
        "GET, /v3/glossaries, 404",
        "POST, /v2/write/rephrase, 404"
    })
    void whatIsNotOffered(String method, String path, int status) {
        Answer answer = server.send(HttpRequest.newBuilder(server.uri(path))
                .header("Accept", "text/html, image/gif, image/jpeg, */*; q=0.2")
                .method(method, BodyPublishers.noBody()));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.json().get("message").isString()).isTrue();
    }

    private static final String SOURCES = "200 [{'language':'EN','name':'English'}]";
    private static final String TARGETS = "200 [{'language':'DE','name':'German','supports_formality':false},"
            + "{'language':'FR','name':'French','supports_formality':false}]";

    /** As the libraries for node, Python, Ruby and Java ask. */
    @ParameterizedTest
    @CsvSource({
        "GET, ?type=target, '', ''",
        "GET, '', application/x-www-form-urlencoded, type=target",
        "GET, '', application/json, {\"type\":\"target\"}",
        "GET, ?type=target, application/json, ''",
        "POST, '', application/x-www-form-urlencoded, type=target",
    })
    void languages_targetsHoweverAsked(String method, String query, String contentType, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri("/v2/languages" + query))
                .method(method, BodyPublishers.ofString(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        assertThat(shown(server.send(request))).isEqualTo(TARGETS);
    }

    @Test
    void languages_sourcesByDefault() {
        assertThat(shown(server.get("/v2/languages"))).isEqualTo(SOURCES);
        assertThat(shown(server.post("/v2/languages", FORM, ""))).isEqualTo(SOURCES);
    }

    @Test
    void languages_ofAnotherType() {
        Answer answer = server.get("/v2/languages?type=both");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("message").stringValue())
                .isEqualTo("Value for 'type' not supported: both; use source or target");
    }

    @Test
    void usage_counts() {
        long before = server.get("/v2/usage").json().get("character_count").longValue();
        json("{'text': ['12345'], 'source_lang': 'EN', 'target_lang': 'DE'}");
        assertThat(shown(server.get("/v2/usage")))
                .isEqualTo("200 {'character_count':" + (before + 5) + ",'character_limit':1000000000000}");
    }

    @Test
    void glossaries_areNone() {
        assertThat(shown(server.get("/v2/glossaries"))).isEqualTo("200 {'glossaries':[]}");
        assertThat(shown(server.get("/v2/glossary-language-pairs"))).isEqualTo("200 {'supported_languages':[]}");
    }
}
