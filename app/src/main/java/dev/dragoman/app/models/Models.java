package dev.dragoman.app.models;

import dev.dragoman.app.errors.ServiceException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * The models of this server: being opened from construction on, then open, closed at the end.
 *
 * <p>Opening runs beside the start of the web server, which takes as long; readiness waits for both.
 */
public final class Models implements AutoCloseable {
    private final CompletableFuture<ServedModels> loading;

    Models(Supplier<ServedModels> loader) {
        loading = new CompletableFuture<>();
        Thread thread = new Thread(() -> load(loader), "model-loader");
        thread.setDaemon(true);
        thread.start();
    }

    private void load(Supplier<ServedModels> loader) {
        try {
            loading.complete(loader.get());
        } catch (Throwable fault) { // Of any kind: whoever waits has to be told.
            loading.completeExceptionally(fault);
        }
    }

    /**
     * Waits until the models are open and warm.
     *
     * @throws ModelStartupException if one cannot be served
     */
    public ServedModels awaitOpen() {
        try {
            return loading.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof ModelStartupException startup ? startup : failed;
        }
    }

    /**
     * The open models.
     *
     * @throws ServiceException.Unavailable if they are not open yet
     */
    public ServedModels current() {
        if (!loading.isDone() || loading.isCompletedExceptionally()) {
            throw new ServiceException.Unavailable("Unavailable: the models are being opened");
        }
        return loading.join();
    }

    /** Finishes admitted work and closes the models; waits for models that are just being opened. */
    @Override
    public void close() {
        loading.handle((models, fault) -> models)
                .thenAccept(models -> {
                    if (models != null) {
                        models.close();
                    }
                })
                .join();
    }
}
