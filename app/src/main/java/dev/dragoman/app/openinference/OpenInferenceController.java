package dev.dragoman.app.openinference;

import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException.NotFound;
import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.models.ServedModel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.info.BuildProperties;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
class OpenInferenceController {
    private final Models models;
    private final ApplicationAvailability availability;
    private final String version;

    OpenInferenceController(
            Models models, ApplicationAvailability availability, ObjectProvider<BuildProperties> build) {
        this.models = models;
        this.availability = availability;
        BuildProperties properties = build.getIfAvailable();
        String packaged = properties == null ? null : properties.getVersion();
        this.version = packaged == null ? "unpackaged" : packaged;
    }

    record ServerMetadata(String name, String version, List<String> extensions) {}

    @GetMapping("/v2")
    @Operation(summary = "The server and its version")
    @Access(open = true)
    ResponseEntity<ServerMetadata> server() {
        return json(HttpStatus.OK, new ServerMetadata("dragoman", version, List.of()));
    }

    record Live(boolean live) {}

    @GetMapping("/v2/health/live")
    @Operation(summary = "Whether the process answers")
    @Access(open = true)
    ResponseEntity<Live> live() {
        return json(HttpStatus.OK, new Live(true));
    }

    record Ready(boolean ready) {}

    /** 503 until every model is open and warm, again when the server is told to stop, and while all are unloaded. */
    @GetMapping("/v2/health/ready")
    @Operation(summary = "Whether every model is open and warm", errors = Problem.UNAVAILABLE)
    @Access(open = true)
    ResponseEntity<Ready> ready() {
        boolean ready = availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC && models.isAnyOpen();
        return json(ready ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE, new Ready(ready));
    }

    @GetMapping({"/v2/models/{name}", "/v2/models/{name}/versions/{version}"})
    @Operation(summary = "What a model takes and gives", errors = Problem.NOT_FOUND)
    ResponseEntity<ModelMetadata> model(
            @PathVariable String name, @PathVariable(name = "version", required = false) @Nullable String version) {
        return json(HttpStatus.OK, ModelMetadata.of(require(name, version)));
    }

    record ModelReady(String name, boolean ready) {}

    /** A model that is found is ready: those that are not warm are not found yet. */
    @GetMapping({"/v2/models/{name}/ready", "/v2/models/{name}/versions/{version}/ready"})
    @Operation(summary = "Whether a model is open and warm", errors = Problem.NOT_FOUND)
    ResponseEntity<ModelReady> modelReady(
            @PathVariable String name, @PathVariable(name = "version", required = false) @Nullable String version) {
        return json(HttpStatus.OK, new ModelReady(require(name, version).name(), true));
    }

    private ServedModel require(String name, @Nullable String version) {
        return models.current().all().stream()
                .filter(model -> model.name().equals(name))
                .filter(model ->
                        version == null || model.translator().modelVersion().equals(version))
                .findFirst()
                .orElseThrow(() -> new NotFound("Not found: the server has no such model"
                        + (version == null ? "" : " of that version") + "; /languages tells what it translates"));
    }

    private static <T> ResponseEntity<T> json(HttpStatus status, T body) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body);
    }
}
