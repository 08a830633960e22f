package dev.dragoman.app.models;

import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.models.ModelLoader.OpenModel;
import dev.dragoman.app.models.ModelStatus.State;
import dev.dragoman.inference.LanguagePair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads, exchanges and unloads models while requests come. One change is made at a time; a second is refused meanwhile.
 *
 * <p>A model is opened and warmed beside those that serve, so memory must be there for both; only then, in one step, it takes over.
 * Where anything fails before that step, everything stays as it was.
 */
public final class ModelAdministration {
    private static final Logger log = LoggerFactory.getLogger(ModelAdministration.class);

    private final Models models;
    private final ModelLoader loader;
    private final ModelCatalogue catalogue;
    private final ReentrantLock change = new ReentrantLock();
    private final Object meters = new Object();
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private volatile @Nullable String loading;

    ModelAdministration(Models models, ModelLoader loader, ModelCatalogue catalogue) {
        this.models = models;
        this.loader = loader;
        this.catalogue = catalogue;
    }

    /** Every model that is open, being opened or draining, and every other that could be loaded, by name. */
    public List<ModelStatus> list() {
        List<ModelStatus> list = new ArrayList<>();
        List<ServedModel> open = models.started().all();
        open.forEach(model -> list.add(ModelStatus.open(model, State.SERVING, failures.get(model.name()))));
        models.draining().forEach(model -> list.add(ModelStatus.open(model, State.DRAINING, null)));
        Set<Path> served = open.stream().map(ServedModel::directory).collect(Collectors.toSet());
        String beingLoaded = loading;
        catalogue
                .directories()
                .forEach((name, directories) -> directories.forEach(directory -> {
                    boolean isLoading = name.equals(beingLoaded);
                    if (isLoading || !served.contains(directory)) {
                        list.add(ModelStatus.closed(
                                name,
                                isLoading ? State.LOADING : State.AVAILABLE,
                                directory.toString(),
                                served.contains(directory) ? null : failures.get(name)));
                    }
                }));
        list.sort(Comparator.comparing(ModelStatus::name).thenComparing(ModelStatus::state));
        return list;
    }

    /**
     * Opens and warms a model and then serves with it. If a model of the same name is open, the new one takes its place.
     *
     * @param replaced names of open models whose place it takes too
     * @return the model, serving
     * @throws ServiceException.NotFound if there is no such directory, or no such model is open
     * @throws ServiceException.Conflict if it serves a pair that another model keeps, or while another change is made
     * @throws ServiceException.Unprocessable if it cannot be opened or does not translate; the message says why
     */
    public ModelStatus load(String name, Set<String> replaced) {
        return alone(() -> {
            ServedModels before = models.started();
            replaced.forEach(other -> require(other, before));
            Path directory = catalogue.require(name);
            loading = name;
            try {
                ServedModel model = exchange(name, directory, replaced, before);
                failures.remove(name);
                return ModelStatus.open(model, State.SERVING, null);
            } catch (ServiceException refused) {
                failures.put(name, refused.getMessage());
                log.warn("The model {} was not loaded: {}", name, refused.getMessage());
                throw refused;
            } finally {
                loading = null;
            }
        });
    }

    private ServedModel exchange(String name, Path directory, Set<String> replaced, ServedModels before) {
        List<ServedModel> next = new ArrayList<>(before.all());
        next.removeIf(model -> model.name().equals(name) || replaced.contains(model.name()));
        OpenModel opened = open(directory);
        try {
            requireFree(opened.translator().languagePairs(), next);
        } catch (ServiceException taken) {
            opened.translator().close();
            throw taken;
        }
        synchronized (meters) {
            ServedModel model = loader.serve(name, opened);
            next.add(model);
            exchange(before.with(next));
            return model;
        }
    }

    private void exchange(ServedModels next) {
        models.exchange(next, this::forgetMeters);
        log.info("Serving {} from now on", next.all().isEmpty() ? "nothing" : next);
    }

    /** Unless another model has the name by now. */
    private void forgetMeters(ServedModel leaving) {
        synchronized (meters) {
            if (models.started().all().stream().noneMatch(model -> model.name().equals(leaving.name()))) {
                loader.forget(leaving.name());
            }
        }
    }

    private OpenModel open(Path directory) {
        try {
            return loader.open(directory);
        } catch (ModelStartupException unusable) {
            throw new ServiceException.Unprocessable("Unprocessable: " + unusable.getMessage());
        }
    }

    private static void requireFree(Set<LanguagePair> pairs, List<ServedModel> others) {
        for (ServedModel other : others) {
            for (LanguagePair pair : other.translator().languagePairs()) {
                if (pairs.contains(pair)) {
                    throw new ServiceException.Conflict("Conflict: the model " + other.name() + " serves " + pair
                            + " too; replace=" + other.name() + " puts the new one in its place");
                }
            }
        }
    }

    /**
     * Takes a model out of service. Requests that began before end as if it were still there; then it is closed.
     *
     * @return the model, draining
     * @throws ServiceException.NotFound if no such model is open
     * @throws ServiceException.Conflict while another change is made
     */
    public ModelStatus unload(String name) {
        return alone(() -> {
            ServedModels before = models.started();
            ServedModel leaving = require(name, before);
            List<ServedModel> next = new ArrayList<>(before.all());
            next.remove(leaving);
            exchange(before.with(next));
            return ModelStatus.open(leaving, State.DRAINING, null);
        });
    }

    private static ServedModel require(String name, ServedModels served) {
        return served.all().stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ServiceException.NotFound("Not found: no model of that name is open"));
    }

    private ModelStatus alone(Supplier<ModelStatus> task) {
        if (!change.tryLock()) {
            throw new ServiceException.Conflict("Conflict: another change of the models is under way");
        }
        try {
            return task.get();
        } finally {
            change.unlock();
        }
    }
}
