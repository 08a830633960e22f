package dev.dragoman.app.openapi;

import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.ManagementPort;
import dev.dragoman.app.http.Operation;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.info.BuildProperties;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/** The description of what the management port has beside the actuator. */
@RestController
@ManagementPort
class ManagementOpenApiController {
    private final Lazy description;

    ManagementOpenApiController(
            @Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> mapping,
            JsonMapper json,
            ObjectProvider<BuildProperties> build) {
        description = new Lazy(() -> new OpenApi(json)
                .describe(mapping.getObject(), "Dragoman: administration", OpenApiController.version(build)));
    }

    @GetMapping("/admin/openapi.json")
    @Access(open = true)
    @Operation(summary = "This description")
    ResponseEntity<Map<String, Object>> description() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(description.get());
    }
}
