package dev.dragoman.app.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.LanguagePair;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServedModelsTest {
    private final ServedModels models = TestModels.load(
            new FakeTranslator("v1", TestServer.EN_FR, new LanguagePair("fr", "en")),
            new FakeTranslator("v2", TestServer.EN_DE, new LanguagePair("pt-BR", "en")));

    @AfterEach
    void close() {
        models.close();
    }

    @Test
    void languages_areSortedAndTranslateToThemselves() {
        assertThat(models.languages())
                .containsExactly(
                        new Language("de", "German", List.of("de")),
                        new Language("en", "English", List.of("de", "en", "fr")),
                        new Language("fr", "French", List.of("en", "fr")),
                        new Language("pt-BR", "Portuguese (Brazil)", List.of("en", "pt-BR")));
    }

    @Test
    void language_inAnyCase() {
        assertThat(models.language("EN")).map(Language::code).contains("en");
        assertThat(models.language("pt-br")).map(Language::code).contains("pt-BR");
        assertThat(models.language("xx")).isEmpty();
    }

    @Test
    void serving_aPairThatNoModelHas() {
        assertThat(models.serving(new LanguagePair("de", "en"))).isNull();
    }
}
