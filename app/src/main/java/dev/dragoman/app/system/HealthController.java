package dev.dragoman.app.system;

import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.Operation;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class HealthController {
    record Health(String status) {}

    /**
     * Says that the process answers, as LibreTranslate does. Whether translations are possible is told by
     * {@code /actuator/health/readiness}.
     */
    @GetMapping("/health")
    @Operation(summary = "Whether the process answers")
    @Access(open = true)
    ResponseEntity<Health> health() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(new Health("ok"));
    }
}
