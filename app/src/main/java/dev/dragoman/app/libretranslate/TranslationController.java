package dev.dragoman.app.libretranslate;

import dev.dragoman.app.security.Quotas;
import dev.dragoman.app.translation.TranslationPlan;
import dev.dragoman.app.translation.TranslationService;
import dev.dragoman.app.translation.ValidRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class TranslationController {
    private final TranslationRequestReader reader;
    private final RequestValidator validator;
    private final TranslationService service;
    private final Quotas quotas;

    TranslationController(
            TranslationRequestReader reader, RequestValidator validator, TranslationService service, Quotas quotas) {
        this.reader = reader;
        this.validator = validator;
        this.service = service;
        this.quotas = quotas;
    }

    /** Answers JSON whatever the caller says it accepts: some clients ask for HTML and read JSON. */
    @PostMapping("/translate")
    CompletableFuture<ResponseEntity<TranslationResponse>> translate(HttpServletRequest httpRequest) {
        return service.answer(() -> plan(httpRequest))
                .thenApply(response -> ResponseEntity.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(response));
    }

    private TranslationPlan<TranslationResponse> plan(HttpServletRequest httpRequest) {
        TranslationRequest request = reader.read(httpRequest);
        ValidRequest valid = validator.validate(request);
        quotas.charge(httpRequest, valid.characters());
        return new TranslationPlan<>(valid, texts -> TranslationResponse.of(request, valid, texts));
    }
}
