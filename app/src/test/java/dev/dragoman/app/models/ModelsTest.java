package dev.dragoman.app.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.fixture.TestServer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ModelsTest {
    private final FakeTranslator translator = new FakeTranslator("v1", TestServer.EN_FR);

    @Test
    void current_whileOpening() {
        assertThatExceptionOfType(ServiceException.Unavailable.class)
                .isThrownBy(() -> TestModels.neverOpen().current())
                .withMessage("Unavailable: the models are being opened");
    }

    @Test
    void awaitOpen_failsAsTheLoaderDid() {
        ModelStartupException fault = new ModelStartupException("broken", "mend it", null);
        Models models = new Models(
                () -> {
                    throw fault;
                },
                new ModelUse(),
                TestModels.DRAIN_TIME);
        assertThatExceptionOfType(ModelStartupException.class)
                .isThrownBy(models::awaitOpen)
                .isSameAs(fault);
        models.close();
    }

    @Test
    void close_closesTheModels() {
        TestModels.serving(translator).close();
        assertThat(translator.isClosed()).isTrue();
    }

    @Test
    void close_waitsForModelsThatAreBeingOpened() {
        CompletableFuture<ServedModels> opening = new CompletableFuture<>();
        Models models = new Models(opening::join, new ModelUse(), TestModels.DRAIN_TIME);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(models::close);
        opening.complete(TestModels.load(translator));
        closed.join();
        assertThat(translator.isClosed()).isTrue();
    }
}
