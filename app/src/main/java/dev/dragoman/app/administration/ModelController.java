package dev.dragoman.app.administration;

import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.ManagementPort;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.http.Scope;
import dev.dragoman.app.models.ModelAdministration;
import dev.dragoman.app.models.ModelStatus;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The models of this server, for its operator. Only PUT and DELETE change anything: a page of another site that a browser on this machine
 * shows cannot send those without asking, and nobody answers.
 */
@RestController
@ManagementPort
class ModelController {
    private final ModelAdministration models;

    ModelController(ModelAdministration models) {
        this.models = models;
    }

    @GetMapping("/admin/models")
    @Access(value = Scope.ADMIN, freeHere = true)
    @Operation(summary = "The models that are open, and those that could be")
    List<ModelStatus> list() {
        return models.list();
    }

    /**
     * Loads a model and serves with it. Answers when it serves, or with the reason why it does not and everything is as it was.
     *
     * @param replace names of models that go out of service in the same moment, separated by commas
     */
    @PutMapping("/admin/models/{name}")
    @Access(value = Scope.ADMIN, freeHere = true)
    @Operation(
            summary = "Load a model and serve with it; answered when it serves",
            description =
                    "With `replace` in the query, names separated by commas, those models go out of service in the same moment.",
            errors = {Problem.NOT_FOUND, Problem.CONFLICT, Problem.UNPROCESSABLE})
    ModelStatus load(@PathVariable String name, @RequestParam(defaultValue = "") String replace) {
        return models.load(
                name,
                Arrays.stream(replace.split(","))
                        .map(String::strip)
                        .filter(other -> !other.isEmpty())
                        .collect(Collectors.toSet()));
    }

    /** Takes a model out of service. Answers at once; {@link #list} no longer names it when it is closed. */
    @DeleteMapping("/admin/models/{name}")
    @Access(value = Scope.ADMIN, freeHere = true)
    @Operation(
            summary = "Take a model out of service; it is closed when the last request that may use it has ended",
            status = 202,
            errors = {Problem.NOT_FOUND, Problem.CONFLICT})
    ResponseEntity<ModelStatus> unload(@PathVariable String name) {
        return ResponseEntity.status(HttpStatus.ACCEPTED).body(models.unload(name));
    }
}
