package dev.dragoman.app.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.setup.MockMvcBuilders.standaloneSetup;

import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;

class HealthControllerTest {
    @Test
    void health_asJsonWhateverIsAccepted() throws Exception {
        MockHttpServletResponse response = standaloneSetup(new HealthController())
                .build()
                .perform(get("/health").accept(MediaType.TEXT_HTML))
                .andReturn()
                .getResponse();
        assertThat(response.getStatus()).isEqualTo(200);
        assertThat(response.getContentType()).isEqualTo("application/json");
        assertThat(response.getContentAsString()).isEqualTo("{\"status\":\"ok\"}");
    }
}
