package dev.dragoman.app.libretranslate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.setup.MockMvcBuilders.standaloneSetup;

import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.detection.TestDetection;
import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.http.FormLimits;
import dev.dragoman.app.http.ParameterReader;
import dev.dragoman.app.http.TestHttp;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.models.TestModels;
import dev.dragoman.app.security.TestSecurity;
import dev.dragoman.app.system.TestErrorAdvice;
import dev.dragoman.app.translation.TestTranslation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import tools.jackson.databind.json.JsonMapper;

/** The web slice: controller, error advice and all between request and model, without a server. */
class TranslationControllerTest {
    private final FakeTranslator translator = new FakeTranslator("v1", TestServer.EN_FR);
    private final Models models = TestModels.serving(translator);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MockMvc mvc = slice("60s");

    private MockMvc slice(String deadline) {
        DragomanProperties properties = TestModels.properties(Map.of("dragoman.translation.deadline", deadline));
        return standaloneSetup(new TranslationController(
                        new TranslationRequestReader(new ParameterReader(
                                new JsonMapper(),
                                new FormLimits(properties.limits().requestSize().toBytes(), 1000, 50))),
                        new RequestValidator(
                                properties.limits(),
                                TestTranslation.limits(properties.limits()),
                                TestTranslation.router(TestDetection.shared()),
                                models),
                        TestTranslation.service(properties, meters),
                        TestHttp.origins(),
                        TestSecurity.quotas(properties, meters)))
                .setCustomReturnValueHandlers(TestHttp.answers())
                .setControllerAdvice(TestErrorAdvice.create())
                .build();
    }

    @AfterEach
    void close() {
        translator.letAllGo();
        models.close();
    }

    @Test
    void translate_aString() throws Exception {
        assertThat(json("{'q': 'Hello.', 'source': 'en', 'target': 'fr'}"))
                .isEqualTo("200 {'translatedText':'HELLO.'}");
    }

    @Test
    void translate_aStringWithAlternatives() throws Exception {
        assertThat(json("{'q': 'Hello.', 'source': 'en', 'target': 'fr', 'alternatives': 2}"))
                .isEqualTo("200 {'translatedText':'HELLO.','alternatives':['HELLO.!','HELLO.!!']}");
    }

    @Test
    void translate_aList() throws Exception {
        assertThat(json("{'q': ['One. Two.', '', '7'], 'source': 'en', 'target': 'fr'}"))
                .isEqualTo("200 {'translatedText':['ONE. TWO.','','7']}");
    }

    @Test
    void translate_aListOfOne() throws Exception {
        assertThat(json("{'q': ['One.'], 'source': 'en', 'target': 'fr'}"))
                .isEqualTo("200 {'translatedText':['ONE.']}");
    }

    @Test
    void translate_aListWithAlternatives() throws Exception {
        assertThat(json("{'q': ['One.', '7'], 'source': 'en', 'target': 'fr', 'alternatives': 1}"))
                .isEqualTo("200 {'translatedText':['ONE.','7'],'alternatives':[['ONE.!'],[]]}");
    }

    @Test
    void translate_intoTheSameLanguage() throws Exception {
        assertThat(json("{'q': 'Hello.', 'source': 'en', 'target': 'en', 'alternatives': 1}"))
                .isEqualTo("200 {'translatedText':'Hello.','alternatives':[]}");
    }

    @Test
    void translate_fromADetectedLanguage() throws Exception {
        assertThat(json("{'q': 'The file could not be opened.', 'source': 'auto', 'target': 'fr'}"))
                .matches("200 \\{'translatedText':'THE FILE COULD NOT BE OPENED.',"
                        + "'detectedLanguage':\\{'confidence':\\d+,'language':'en'}}");
    }

    /** A text without a letter, one of the target's language and one to be translated. */
    @Test
    void translate_aListOfDetectedLanguages() throws Exception {
        assertThat(
                        json(
                                "{'q': ['5 %', 'Le fichier est ouvert.', 'The file is open now.'], 'source': 'AUTO', 'target': 'fr'}"))
                .matches("200 \\{'translatedText':\\['5 %','Le fichier est ouvert.','THE FILE IS OPEN NOW.'],"
                        + "'detectedLanguage':\\[\\{'confidence':0,'language':'en'},"
                        + "\\{'confidence':\\d+,'language':'fr'},\\{'confidence':\\d+,'language':'en'}]}");
    }

    /** It stays as it is and is flagged, so that it does not cost the caller the others. */
    @Test
    void translate_aListOfWhichOneIsInALanguageThatIsNotServed() throws Exception {
        assertThat(
                        json(
                                "{'q': ['The file is open now.', 'El archivo no se pudo abrir porque no existe.'], 'source': 'auto', 'target': 'fr'}"))
                .matches(
                        "200 \\{'translatedText':\\['THE FILE IS OPEN NOW.','El archivo no se pudo abrir porque no existe.'],"
                                + "'detectedLanguage':\\[\\{'confidence':\\d+,'language':'en'},"
                                + "\\{'confidence':\\d+,'language':'es'}],'degenerate':\\[false,true]}");
    }

    /** A text without a letter is no success. */
    @Test
    void translate_aListOfWhichNoneCanBeServed() throws Exception {
        assertThat(
                        json(
                                "{'q': ['5 %', 'El archivo no se pudo abrir porque no existe.'], 'source': 'auto', 'target': 'fr'}"))
                .startsWith("400 ")
                .contains("French (fr) is not available as a target language from Spanish (es),"
                        + " the detected language of q[1]");
    }

    @Test
    void translate_html() throws Exception {
        assertThat(json("{'q': '<p>A &amp; <b>b</b>.</p>', 'source': 'en', 'target': 'fr', 'format': 'html'}"))
                .isEqualTo("200 {'translatedText':'<p>A &amp; <b>B</b>.</p>'}");
    }

    @Test
    void translate_aForm() throws Exception {
        assertThat(answer(post("/translate")
                        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .content("q=Hello.%0D%0ABye.&source=en&target=fr")))
                .isEqualTo("200 {'translatedText':'HELLO.\\nBYE.'}");
    }

    @Test
    void translate_theQuery() throws Exception {
        assertThat(answer(post("/translate?q=Hello.&source=en&target=fr")))
                .isEqualTo("200 {'translatedText':'HELLO.'}");
    }

    @Test
    void translate_answersJsonWhateverIsAccepted() throws Exception {
        MockHttpServletResponse response = perform(post("/translate")
                .accept(MediaType.TEXT_HTML, MediaType.IMAGE_GIF)
                .contentType(MediaType.APPLICATION_JSON)
                .content("{\"q\": \"Hello.\", \"source\": \"en\", \"target\": \"fr\"}"));
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getContentType()).isEqualTo("application/json");
    }

    @Test
    void translate_errorsAreJsonWhateverIsAccepted() throws Exception {
        MockHttpServletResponse response = perform(post("/translate").accept(MediaType.TEXT_HTML));
        assertThat(response.getStatus()).isEqualTo(400);
        assertThat(response.getContentType()).isEqualTo("application/json");
    }

    @Test
    void translate_tooLate() throws Exception {
        translator.hold();
        MockHttpServletResponse response = perform(slice("20ms"), post("/translate?q=Hello.&source=en&target=fr"));
        assertThat(response.getStatus()).isEqualTo(504);
        assertThat(response.getContentAsString()).contains("Deadline passed: no translation within 20 milliseconds");
    }

    @Test
    void translate_aFailingModel() throws Exception {
        assertThat(json("{'q': 'poison', 'source': 'en', 'target': 'fr'}"))
                .startsWith("500 ")
                .contains("'type':'urn:dragoman:problem:internal'")
                .doesNotContain("poisoned");
    }

    @Test
    void meters_countEveryOutcome() throws Exception {
        json("{'q': 'Hello.', 'source': 'en', 'target': 'fr'}");
        json("{'q': ['abc', 'de\ud83d\ude00'], 'source': 'en', 'target': 'fr'}");
        json("{'q': 'poison', 'source': 'en', 'target': 'fr'}");
        json("{'q': 'Hello.', 'source': 'en'}");
        assertThat(count("en-fr", "ok")).isEqualTo(2);
        assertThat(count("en-fr", "internal")).isEqualTo(1);
        assertThat(count("none", "invalid-request")).isEqualTo(1);
        assertThat(meters.get("translation.characters")
                        .tag("pair", "en-fr")
                        .counter()
                        .count())
                .isEqualTo(12);
    }

    private long count(String pair, String outcome) {
        return meters.get("translation.requests")
                .tags("pair", pair, "outcome", outcome)
                .timer()
                .count();
    }

    private String json(String body) throws Exception {
        return answer(post("/translate").contentType(MediaType.APPLICATION_JSON).content(body.replace('\'', '"')));
    }

    private String answer(MockHttpServletRequestBuilder request) throws Exception {
        MockHttpServletResponse response = perform(request);
        return response.getStatus()
                + " "
                + response.getContentAsString(StandardCharsets.UTF_8).replace('"', '\'');
    }

    private MockHttpServletResponse perform(MockHttpServletRequestBuilder request) throws Exception {
        return perform(mvc, request);
    }

    private static MockHttpServletResponse perform(MockMvc mvc, MockHttpServletRequestBuilder request)
            throws Exception {
        MvcResult result = mvc.perform(request).andReturn();
        if (result.getRequest().isAsyncStarted()) {
            result = mvc.perform(asyncDispatch(result)).andReturn();
        }
        return result.getResponse();
    }
}
