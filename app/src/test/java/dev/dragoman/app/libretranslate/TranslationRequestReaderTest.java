package dev.dragoman.app.libretranslate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.http.FormLimits;
import dev.dragoman.app.http.ParameterReader;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import tools.jackson.databind.json.JsonMapper;

class TranslationRequestReaderTest {
    private static final FormLimits LIMITS = new FormLimits(4096, 1000, 50);

    private final TranslationRequestReader reader =
            new TranslationRequestReader(new ParameterReader(new JsonMapper(), LIMITS));

    @Test
    void json_string() {
        assertThat(readJson("{'q': 'Hello', 'source': 'en', 'target': 'fr'}"))
                .isEqualTo(new TranslationRequest(List.of("Hello"), false, "en", "fr", null, null));
    }

    @Test
    void json_list() {
        assertThat(readJson("{'q': ['One', ''], 'source': 'en', 'target': 'fr', 'format': 'text', 'alternatives': 2}"))
                .isEqualTo(new TranslationRequest(List.of("One", ""), true, "en", "fr", "text", "2"));
    }

    @Test
    void json_constraints() {
        TranslationRequest read = readJson("{'q': 'Hello', 'source': 'en', 'target': 'fr', 'banned': 'a b',"
                + "'glossary': [{'source': 'a', 'target': 'b', 'note': 1}], 'target_prefix': 'Le'}");
        assertThat(read.glossary()).containsExactly(Map.of("source", "a", "target", "b"));
        assertThat(read.banned()).containsExactly("a b");
        assertThat(read.targetPrefix()).isEqualTo("Le");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'glossary': 'a' | glossary parameter must be a list of objects",
                "'glossary': [1] | glossary[0].source must be a string",
                "'glossary': [{'source': 'a', 'target': 'b'}, {'source': 'a'}] | glossary[1].target must be a string",
                "'banned': ['a', 1] | banned[1] must be a string",
                "'target_prefix': ['a'] | target_prefix parameter must be a string",
            })
    void json_constraintsOfAnotherType(String fields, String message) {
        assertThatExceptionOfType(ServiceException.class)
                .isThrownBy(() -> readJson("{'q': 'Hello', 'source': 'en', 'target': 'fr', " + fields + "}"))
                .withMessage("Invalid request: " + message);
    }

    @Test
    void parameters_constraints() {
        MockHttpServletRequest request = parameters("", "q", "Hello", "source", "en", "target", "fr");
        request.setParameter("banned", "a", "b");
        request.setParameter("target_prefix", "Le");
        TranslationRequest read = reader.read(request);
        assertThat(read.banned()).containsExactly("a", "b");
        assertThat(read.targetPrefix()).isEqualTo("Le");
        request.setParameter("glossary", "[]");
        assertThatExceptionOfType(ServiceException.class)
                .isThrownBy(() -> reader.read(request))
                .withMessage("Invalid request: glossary parameter is a list of objects and needs a JSON body");
    }

    @Test
    void json_ignoresWhatItDoesNotKnow() {
        assertThat(readJson("{'q': 'Hello', 'source': 'en', 'target': 'fr', 'api_key': null, 'mood': {'a': [1]}}"))
                .isEqualTo(new TranslationRequest(List.of("Hello"), false, "en", "fr", null, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                "application/JSON;charset=UTF-8",
                "application/problem+json",
                "text/json"
            })
    void json_byItsContentType(String contentType) {
        assertThat(reader.read(request(contentType, "{\"q\":\"\u00e9\",\"source\":\"en\",\"target\":\"fr\"}"))
                        .texts())
                .containsExactly("\u00e9");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-32BE", "ISO-8859-1", "windows-1252"})
    void json_inAnotherCharset(String charset) {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/translate");
        request.setContentType("application/json; charset=" + charset);
        request.setContent("{\"q\":\"\u00e9\",\"source\":\"en\",\"target\":\"fr\"}".getBytes(Charset.forName(charset)));
        assertThat(reader.read(request).texts()).containsExactly("\u00e9");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "3 | 3",
                "3.0 | 3",
                "-1 | -1",
                "'3' | 3",
                "'x' | x",
                "99999999999999999999 | 99999999999999999999",
                "2.5 | ``",
                "1e300 | ``",
                "true | ``",
                "[3] | ``",
            })
    void json_alternativesAsWritten(String written, String read) {
        assertThat(readJson("{'q': 'Hello', 'source': 'en', 'target': 'fr', 'alternatives': " + written + "}")
                        .alternatives())
                .isEqualTo(read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'source': 'en', 'target': 'fr'} | missing q parameter",
                "{'q': '', 'source': 'en', 'target': 'fr'} | missing q parameter",
                "{'q': [], 'source': 'en', 'target': 'fr'} | missing q parameter",
                "{'q': null} | missing q parameter",
                "{} | missing q parameter",
                "{'q': 'x', 'target': 'fr'} | missing source parameter",
                "{'q': 'x', 'source': '', 'target': 'fr'} | missing source parameter",
                "{'q': 'x', 'source': null} | missing source parameter",
                "{'q': 'x', 'source': 'en'} | missing target parameter",
                "{'q': 5, 'source': 'en', 'target': 'fr'} | q parameter must be a string or a list of strings",
                "{'q': {}, 'source': 'en', 'target': 'fr'} | q parameter must be a string or a list of strings",
                "{'q': true, 'source': 'en', 'target': 'fr'} | q parameter must be a string or a list of strings",
                "{'q': ['a', 5], 'source': 'en', 'target': 'fr'} | q[1] must be a string",
                "{'q': [null], 'source': 'en', 'target': 'fr'} | q[0] must be a string",
                "{'q': [['a']], 'source': 'en', 'target': 'fr'} | q[0] must be a string",
                "{'q': 'x', 'source': 5, 'target': 'fr'} | source parameter must be a string",
                "{'q': 'x', 'source': 'en', 'target': ['fr']} | target parameter must be a string",
                "{'q': 'x', 'source': 'en', 'target': 'fr', 'format': 1} | format parameter must be a string",
            })
    void json_lacksSomething(String body, String message) {
        assertThatExceptionOfType(ServiceException.InvalidRequest.class)
                .isThrownBy(() -> readJson(body))
                .withMessage("Invalid request: " + message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "5",
                "'text'",
                "[]",
                "[{'q': 'x'}]",
                "{",
                "{'q': 'x'",
                "{'q': 'x'}}",
                "{'q': 'x'} {}",
                "{q: 'x'}",
                "{'q': 'x', 'q'}",
                "not json",
                "<q>x</q>",
                "{'q': '\t'}",
                "{'q': '\\x'}",
                "\0\1\2"
            })
    void json_isNone(String body) {
        assertThatExceptionOfType(ServiceException.InvalidRequest.class)
                .isThrownBy(() -> readJson(body))
                .withMessage("Invalid JSON format");
    }

    @Test
    void json_thatIsNoUnicode() {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/translate");
        request.setContentType("application/json");
        request.setContent(
                "{\"q\":\"\u00e9\",\"source\":\"en\",\"target\":\"fr\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatExceptionOfType(ServiceException.InvalidRequest.class)
                .isThrownBy(() -> reader.read(request))
                .withMessage("Invalid JSON format");
    }

    @Test
    void json_thatIsDeep() {
        TranslationRequestReader roomy =
                new TranslationRequestReader(new ParameterReader(new JsonMapper(), new FormLimits(1 << 20, 1000, 50)));
        assertThatExceptionOfType(ServiceException.InvalidRequest.class)
                .isThrownBy(() -> roomy.read(request("application/json", "[".repeat(500_000))))
                .withMessage("Invalid JSON format: more than 500 levels of nesting");
    }

    @Test
    void json_withAnAbsurdNumber() {
        assertThatExceptionOfType(ServiceException.InvalidRequest.class)
                .isThrownBy(() -> readJson("{'q': 'x', 'alternatives': " + "9".repeat(3000) + "}"));
        assertThat(readJson("{'q': 'x', 'source': 'en', 'target': 'fr', 'alternatives': 1e999999999}")
                        .alternatives())
                .isEmpty();
    }

    @Test
    void json_keepsLineEndsAndLoneSurrogates() {
        assertThat(readJson("{'q': 'a\\r\\nb \\ud83d', 'source': 'en', 'target': 'fr'}")
                        .texts())
                .containsExactly("a\r\nb \uD83D");
    }

    @Test
    void body_aboveTheLimit() {
        assertThatExceptionOfType(ServiceException.RequestTooLarge.class)
                .isThrownBy(() -> reader.read(request("application/json", " ".repeat(4097))))
                .withMessage("Request too large: body (4097 bytes) exceeds limit (4096 bytes)");
    }

    @Test
    void body_aboveTheLimitWithoutSayingSo() {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/translate") {
            @Override
            public long getContentLengthLong() {
                return -1;
            }
        };
        request.setContentType("application/json");
        request.setContent(new byte[4097]);
        assertThatExceptionOfType(ServiceException.RequestTooLarge.class).isThrownBy(() -> reader.read(request));
    }

    @Test
    void body_thatBreaksOff() {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/translate") {
            @Override
            public ServletInputStream getInputStream() {
                return new BrokenStream();
            }
        };
        request.setContentType("application/json");
        assertThatExceptionOfType(ServiceException.InvalidRequest.class)
                .isThrownBy(() -> reader.read(request))
                .withMessage("Invalid request: the body cannot be read to its end");
    }

    private static final class BrokenStream extends ServletInputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("connection reset");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
        }

        @Override
        public boolean isFinished() {
            return false;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
            throw new UnsupportedOperationException();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/xml", "application/octet-stream", "nonsense", "a b c"})
    void body_inAnotherFormat(String contentType) {
        assertThatExceptionOfType(ServiceException.UnsupportedMediaType.class)
                .isThrownBy(() -> reader.read(request(contentType, "x")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""})
    void parameters_fromBodyOrQuery(String contentType) {
        assertThat(reader.read(parameters(contentType, "q", "Hello", "source", "en", "target", "fr")))
                .isEqualTo(new TranslationRequest(List.of("Hello"), false, "en", "fr", null, null));
    }

    @Test
    void parameters_all() {
        assertThat(reader.read(parameters(
                        "application/x-www-form-urlencoded",
                        "q",
                        "Hello",
                        "source",
                        "en",
                        "target",
                        "fr",
                        "format",
                        "text",
                        "alternatives",
                        "3",
                        "api_key",
                        "secret")))
                .isEqualTo(new TranslationRequest(List.of("Hello"), false, "en", "fr", "text", "3"));
    }

    @Test
    void parameters_emptyAlternativesAreNone() {
        assertThat(reader.read(parameters("", "q", "Hello", "source", "en", "target", "fr", "alternatives", ""))
                        .alternatives())
                .isNull();
    }

    @Test
    void parameters_severalTextsAreAList() {
        MockHttpServletRequest request = parameters("", "source", "en", "target", "fr");
        request.setParameter("q", "One", "Two");
        assertThat(reader.read(request))
                .isEqualTo(new TranslationRequest(List.of("One", "Two"), true, "en", "fr", null, null));
    }

    @Test
    void parameters_haveLineFeedsOnly() {
        assertThat(reader.read(parameters("", "q", "a\r\nb\rc\nd", "source", "en", "target", "fr"))
                        .texts())
                .containsExactly("a\nb\nc\nd");
    }

    @ParameterizedTest
    @CsvSource({"q", "source", "target"})
    void parameters_lackSomething(String field) {
        MockHttpServletRequest request =
                parameters("application/x-www-form-urlencoded", "q", "Hello", "source", "en", "target", "fr");
        request.setParameter(field, "");
        assertThatThrownBy(() -> reader.read(request))
                .isInstanceOf(ServiceException.InvalidRequest.class)
                .hasMessage("Invalid request: missing " + field + " parameter");
        request.removeParameter(field);
        assertThatThrownBy(() -> reader.read(request))
                .isInstanceOf(ServiceException.InvalidRequest.class)
                .hasMessage("Invalid request: missing " + field + " parameter");
    }

    @Test
    void parameters_thatAreJsonWithoutItsHeader() {
        assertThatExceptionOfType(ServiceException.InvalidRequest.class)
                .isThrownBy(() -> reader.read(
                        parameters("application/x-www-form-urlencoded", "{\"q\":\"Hello\",\"source\":\"en\"}", "")))
                .withMessage("Invalid request: missing q parameter;"
                        + " a JSON body needs the header Content-Type: application/json");
    }

    @ParameterizedTest
    @CsvSource({
        "413, Request too large: body exceeds limit (4096 bytes)",
        "400, Invalid request: the parameters cannot be read"
    })
    void parameters_thatTheServerCannotRead(int status, String message) {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/translate") {
            @Override
            public Map<String, String[]> getParameterMap() {
                throw new InvalidParameterException("refused", status);
            }
        };
        assertThatThrownBy(() -> reader.read(request))
                .isInstanceOf(ServiceException.class)
                .hasMessage(message);
    }

    private TranslationRequest readJson(String body) {
        return reader.read(request("application/json", body.replace('\'', '"')));
    }

    private static MockHttpServletRequest request(String contentType, String body) {
        MockHttpServletRequest request = new MockHttpServletRequest("POST", "/translate");
        request.setContentType(contentType);
        request.setContent(body.getBytes(StandardCharsets.UTF_8));
        return request;
    }

    private static MockHttpServletRequest parameters(String contentType, String... namesAndValues) {
        MockHttpServletRequest request = request(contentType, "");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            request.setParameter(namesAndValues[i], namesAndValues[i + 1]);
        }
        return request;
    }
}
