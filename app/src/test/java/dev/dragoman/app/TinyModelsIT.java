package dev.dragoman.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.fixture.TestServer.Answer;
import dev.dragoman.app.models.ModelOpener;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.model.TinyModels;
import dev.dragoman.model.TinyNetworks;
import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.ModelConfiguration.Direction;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Real model directories, tiny and with random weights, behind the whole server. */
class TinyModelsIT {
    private static final Path PIECES = Path.of("../pretrained/pieces.model");
    private static final int VOCABULARY = 8000;
    private static final TranslationOptions DEFAULT = new TranslationOptions(4, 1, 0.6, 0.2, 2);

    @TempDir
    private Path directory;

    @Test
    void translate_throughEnglishAndOnAfterASwitch() {
        Path french = model("served/fr-en", "fr", "en", 1);
        Path german = model("served/en-de", "en", "de", 2);
        Path other = model("others/en-de-new", "en", "de", 3);
        String text = "Une phrase.";
        try (TestServer server = TestServer.start(
                ModelOpener.OF_FILES,
                "dragoman.models=" + directory.resolve("served"),
                "dragoman.model-roots=" + directory.resolve("others"))) {
            assertThat(translated(server, text)).isEqualTo(inTwoSteps(text, french, german));

            Answer switched = server.send(HttpRequest.newBuilder(server.uri("/admin/models/en-de-new?replace=en-de"))
                    .PUT(BodyPublishers.noBody()));
            assertThat(switched.status()).as(switched.body()).isEqualTo(200);
            assertThat(translated(server, text)).isEqualTo(inTwoSteps(text, french, other));

            JsonNode model = server.get("/models").json().get(0);
            assertThat(model.get("name").stringValue()).isEqualTo("fr-en");
            assertThat(model.get("device").stringValue()).matches("cpu|gpu0");
            assertThat(model.get("parameters").longValue()).isGreaterThan(8 * VOCABULARY);
            assertThat(model.get("precisions").has("i8")).isTrue();
            assertThat(model.get("experts")).isNotEmpty();
        }
    }

    private Path model(String name, String source, String target, int seed) {
        ModelConfiguration like = TinyModels.configuration(TinyNetworks.parallel(VOCABULARY));
        ModelConfiguration configuration = new ModelConfiguration(
                like.format(),
                name,
                like.padId(),
                like.bosId(),
                like.eosId(),
                List.of(new Direction(source, target, "")),
                like.network());
        return TinyModels.write(directory.resolve(name), configuration, seed, StoredType.I8, PIECES);
    }

    private static String translated(TestServer server, String text) {
        Answer answer = server.postJson("{\"q\":\"" + text + "\",\"source\":\"fr\",\"target\":\"de\"}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("translatedText").stringValue();
    }

    /** What the two models say one after the other, without a server. */
    private static String inTwoSteps(String text, Path french, Path german) {
        try (Translator first = Translator.open(french);
                Translator second = Translator.open(german)) {
            String english = first.translate(List.of(text), new LanguagePair("fr", "en"), DEFAULT)
                    .get(0)
                    .text();
            return second.translate(List.of(english), new LanguagePair("en", "de"), DEFAULT)
                    .get(0)
                    .text();
        }
    }
}
