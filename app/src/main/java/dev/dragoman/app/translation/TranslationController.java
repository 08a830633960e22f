package dev.dragoman.app.translation;

import io.micrometer.core.instrument.Timer;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class TranslationController {
    private final TranslationRequestReader reader;
    private final RequestValidator validator;
    private final TranslationService service;
    private final TranslationMetrics metrics;

    TranslationController(
            TranslationRequestReader reader,
            RequestValidator validator,
            TranslationService service,
            TranslationMetrics metrics) {
        this.reader = reader;
        this.validator = validator;
        this.service = service;
        this.metrics = metrics;
    }

    /** Answers JSON whatever the caller says it accepts: some clients ask for HTML and read JSON. */
    @PostMapping("/translate")
    CompletableFuture<ResponseEntity<TranslationResponse>> translate(HttpServletRequest httpRequest) {
        Timer.Sample sample = metrics.start();
        ValidRequest request = null;
        try {
            request = validator.validate(reader.read(httpRequest));
            return answered(request, sample);
        } catch (RuntimeException refused) {
            metrics.record(sample, request, refused);
            throw refused;
        }
    }

    private CompletableFuture<ResponseEntity<TranslationResponse>> answered(ValidRequest request, Timer.Sample sample) {
        return service.translate(request)
                .whenComplete((response, fault) -> metrics.record(sample, request, fault))
                .thenApply(TranslationController::json);
    }

    private static ResponseEntity<TranslationResponse> json(@Nullable TranslationResponse response) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(response);
    }
}
