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
                        new Language("fr", "French", List.of("de", "en", "fr")),
                        new Language("pt-BR", "Portuguese (Brazil)", List.of("de", "en", "fr", "pt-BR")));
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
        assertThat(models.serving(new LanguagePair("de", "fr"))).isNull();
    }

    @Test
    void serving_byWayOfEnglish() {
        ServedDirection direction = models.serving(new LanguagePair("pt-BR", "fr"));
        assertThat(direction).isNotNull();
        assertThat(direction.name()).isEqualTo("model-1+model-0");
        assertThat(direction.translator()).isSameAs(models.all().get(1).translator());
    }

    @Test
    void serving_neverBackToTheSource() {
        assertThat(models.serving(new LanguagePair("fr", "fr"))).isNull();
    }

    @Test
    void serving_withoutPivot() {
        ServedModels direct = new ServedModels(models.all(), false);
        assertThat(direct.serving(new LanguagePair("pt-BR", "fr"))).isNull();
        assertThat(direct.serving(TestServer.EN_FR)).isSameAs(models.all().get(0));
        assertThat(direct.language("fr")).map(Language::targets).contains(List.of("en", "fr"));
    }
}
