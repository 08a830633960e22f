package dev.dragoman.app.libretranslate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.setup.MockMvcBuilders.standaloneSetup;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.models.TestModels;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;

class LanguagesControllerTest {
    @Test
    void languages_asJsonWhateverIsAccepted() throws Exception {
        try (Models models = TestModels.serving(new FakeTranslator("v1", TestServer.EN_FR))) {
            MockHttpServletResponse response = standaloneSetup(new LanguagesController(models))
                    .build()
                    .perform(get("/languages").accept(MediaType.TEXT_HTML))
                    .andReturn()
                    .getResponse();
            assertThat(response.getStatus()).isEqualTo(200);
            assertThat(response.getContentType()).isEqualTo("application/json");
            assertThat(response.getContentAsString())
                    .isEqualTo("[{\"code\":\"en\",\"name\":\"English\",\"targets\":[\"en\",\"fr\"]},"
                            + "{\"code\":\"fr\",\"name\":\"French\",\"targets\":[\"fr\"]}]");
        }
    }
}
