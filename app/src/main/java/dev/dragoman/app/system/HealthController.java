package dev.dragoman.app.system;

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
    ResponseEntity<Health> health() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(new Health("ok"));
    }
}
