package dev.dragoman.app.openapi;

import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException.NotFound;
import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.Operation;
import java.util.Map;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.info.BuildProperties;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/** The description of the port of translations, made when it is first asked for, and a page to try it. */
@RestController
class OpenApiController {
    /** The page runs its own script alone and talks to this server alone. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Lazy description;

    OpenApiController(
            @Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> mapping,
            JsonMapper json,
            ObjectProvider<BuildProperties> build) {
        description = new Lazy(() -> new OpenApi(json).describe(mapping.getObject(), "Dragoman", version(build)));
    }

    static String version(ObjectProvider<BuildProperties> build) {
        BuildProperties properties = build.getIfAvailable();
        return properties == null ? "unpackaged" : Objects.requireNonNullElse(properties.getVersion(), "unpackaged");
    }

    /** {@code /spec} is where clients of LibreTranslate look for it. */
    @GetMapping({"/openapi.json", "/spec"})
    @Access(open = true)
    @Operation(summary = "This description")
    ResponseEntity<Map<String, Object>> description() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(description.get());
    }

    @GetMapping(path = "/docs", produces = MediaType.TEXT_HTML_VALUE)
    @Access(open = true)
    @Operation(summary = "A page to read this description and to try the server")
    ResponseEntity<Resource> page() {
        return file("page.html", MediaType.TEXT_HTML_VALUE);
    }

    @GetMapping(
            path = "/docs/{file}",
            produces = {"text/javascript", "text/css"})
    @Access(open = true)
    @Operation(summary = "Script and style of the page", errors = Problem.NOT_FOUND)
    ResponseEntity<Resource> part(@PathVariable String file) {
        return switch (file) {
            case "page.js" -> file("page.js", "text/javascript;charset=UTF-8");
            case "page.css" -> file("page.css", "text/css;charset=UTF-8");
            default -> throw new NotFound("Not found: the page has no such part");
        };
    }

    private static ResponseEntity<Resource> file(String name, String type) {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType(type))
                .header("Content-Security-Policy", POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .body(new ClassPathResource(name, OpenApiController.class));
    }
}
