package dev.dragoman.app.libretranslate;

import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.http.Answer;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.http.RequestOrigins;
import dev.dragoman.app.security.Quotas;
import dev.dragoman.app.sentences.Lane;
import dev.dragoman.app.translation.TranslationPlan;
import dev.dragoman.app.translation.TranslationService;
import dev.dragoman.app.translation.ValidRequest;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;

@Controller
class TranslationController {
    private final TranslationRequestReader reader;
    private final RequestValidator validator;
    private final TranslationService service;
    private final RequestOrigins origins;
    private final Quotas quotas;

    TranslationController(
            TranslationRequestReader reader,
            RequestValidator validator,
            TranslationService service,
            RequestOrigins origins,
            Quotas quotas) {
        this.reader = reader;
        this.validator = validator;
        this.service = service;
        this.origins = origins;
        this.quotas = quotas;
    }

    @PostMapping("/translate")
    @Operation(
            summary = "Translate a text, or a list of texts",
            description =
                    "Who asks for text/event-stream or application/x-ndjson gets each sentence as soon as it is translated.",
            fields = TranslationFields.class,
            example = "{\"q\":\"Select the file that you want to open.\",\"source\":\"en\",\"target\":\"fr\"}",
            answer = "{\"translatedText\":\"Sélectionnez le fichier que vous souhaitez ouvrir.\"}",
            errors = {Problem.INVALID_REQUEST, Problem.OVERLOADED, Problem.UNAVAILABLE, Problem.DEADLINE_PASSED})
    Answer<TranslationResponse> translate(HttpServletRequest httpRequest) {
        return new Answer<>(service.answer(origins.of(httpRequest, Lane.INTERACTIVE), () -> plan(httpRequest)));
    }

    private TranslationPlan<TranslationResponse> plan(HttpServletRequest httpRequest) {
        TranslationRequest request = reader.read(httpRequest);
        ValidRequest valid = validator.validate(request);
        quotas.charge(httpRequest, valid.characters());
        return new TranslationPlan<>(valid, texts -> TranslationResponse.of(request, valid, texts));
    }
}
