package dev.dragoman.app.models;

import dev.dragoman.app.errors.ServiceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of this server: being opened from construction on, then open, exchanged while requests come, closed at the end.
 *
 * <p>Opening runs beside the start of the web server, which takes as long; readiness waits for both.
 */
public final class Models implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Models.class);

    private final ModelUse use;
    private final Duration drainTime;
    private final CompletableFuture<ServedModels> loading;
    private final List<Drain> drains = new CopyOnWriteArrayList<>();
    private volatile @Nullable ServedModels open;

    /** A model that finishes what began before it was taken out of service. */
    private record Drain(ServedModel model, CompletableFuture<Void> done) {}

    /**
     * Begins to open the models.
     *
     * @param use of the requests that will look for models here
     * @param drainTime how long a model that is taken out of service waits for requests that began before
     */
    Models(Supplier<ServedModels> loader, ModelUse use, Duration drainTime) {
        this.use = use;
        this.drainTime = drainTime;
        loading = new CompletableFuture<>();
        daemon("model-loader", () -> load(loader));
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void load(Supplier<ServedModels> loader) {
        try {
            ServedModels loaded = loader.get();
            open = loaded;
            loading.complete(loaded);
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

    /** Whether the models of the configuration have been opened and warmed, whatever became of them since. */
    public boolean haveStarted() {
        return open != null;
    }

    /** Whether there is a model to translate with. */
    public boolean isAnyOpen() {
        ServedModels now = open;
        return now != null && !now.all().isEmpty();
    }

    /**
     * The open models, at least one.
     *
     * @throws ServiceException.Unavailable if they are not open yet, or have all been unloaded
     */
    public ServedModels current() {
        ServedModels now = started();
        if (now.all().isEmpty()) {
            throw new ServiceException.Unavailable("Unavailable: no model is open");
        }
        return now;
    }

    /**
     * The open models, if any.
     *
     * @throws ServiceException.Unavailable if they are not open yet
     */
    ServedModels started() {
        ServedModels now = open;
        if (now == null) {
            throw new ServiceException.Unavailable("Unavailable: the models are being opened");
        }
        return now;
    }

    /**
     * Serves other models from now on. Those that are left out finish what began before, and are closed then. Called by one thread at a
     * time.
     *
     * @param leaving told of each that nobody uses any more, just before it is closed
     */
    void exchange(ServedModels next, Consumer<ServedModel> leaving) {
        List<ServedModel> left = started().all().stream()
                .filter(model -> !next.all().contains(model))
                .toList();
        open = next;
        CompletableFuture<Void> unused = use.turn();
        left.forEach(model -> drain(model, unused, leaving));
    }

    private void drain(ServedModel model, CompletableFuture<Void> unused, Consumer<ServedModel> leaving) {
        Drain drain = new Drain(model, new CompletableFuture<>());
        drains.add(drain);
        daemon("model-drain-" + model.name(), () -> {
            try {
                awaitDrained(model, unused);
                leaving.accept(model);
                model.close();
                log.info(
                        "Closed model {} of version {}",
                        model.name(),
                        model.translator().modelVersion());
            } catch (RuntimeException | Error failed) {
                log.error("The model {} could not be closed", model.name(), failed);
            } finally {
                drains.remove(drain);
                drain.done().complete(null);
            }
        });
    }

    private void awaitDrained(ServedModel model, CompletableFuture<Void> unused) {
        unused.copy()
                .completeOnTimeout(null, drainTime.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        if (!unused.isDone()) {
            log.warn("Requests that began before model {} was taken out of service have not ended", model.name());
        }
    }

    /** The models that have been taken out of service and are not closed yet. */
    List<ServedModel> draining() {
        return drains.stream().map(Drain::model).toList();
    }

    /** Finishes admitted work and closes the models; waits for models that are just being opened or closed. */
    @Override
    public void close() {
        loading.handle((models, fault) -> open)
                .thenAccept(models -> {
                    if (models != null) {
                        models.close();
                    }
                })
                .join();
        drains.forEach(drain -> drain.done().join());
    }
}
