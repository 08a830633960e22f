package dev.dragoman.app.deepl;

import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException.LimitExceeded;
import dev.dragoman.app.http.Answer;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.http.RequestOrigins;
import dev.dragoman.app.security.Quotas;
import dev.dragoman.app.sentences.Lane;
import dev.dragoman.app.translation.TranslationPlan;
import dev.dragoman.app.translation.TranslationService;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;

@Controller
class DeepLTranslationController {
    private final DeepLRequestReader reader;
    private final TranslationService service;
    private final RequestOrigins origins;
    private final Quotas quotas;

    DeepLTranslationController(
            DeepLRequestReader reader, TranslationService service, RequestOrigins origins, Quotas quotas) {
        this.reader = reader;
        this.service = service;
        this.origins = origins;
        this.quotas = quotas;
    }

    /** By GET too, with all in the query, as one client in Python asks. */
    @RequestMapping(
            path = "/v2/translate",
            method = {RequestMethod.POST, RequestMethod.GET})
    @Operation(
            summary = "Translate texts",
            fields = DeepLFields.class,
            example = "{\"text\":[\"Select the file.\"],\"target_lang\":\"FR\",\"source_lang\":\"EN\"}",
            answer = "{\"translations\":[{\"detected_source_language\":\"EN\",\"text\":\"Sélectionnez le fichier.\","
                    + "\"billed_characters\":16}]}",
            errors = {
                Problem.INVALID_REQUEST,
                Problem.NOT_FOUND,
                Problem.OVERLOADED,
                Problem.UNAVAILABLE,
                Problem.DEADLINE_PASSED
            })
    Answer<DeepLResponse> translate(HttpServletRequest httpRequest) {
        try {
            return new Answer<>(service.answer(origins.of(httpRequest, Lane.INTERACTIVE), () -> plan(httpRequest)));
        } catch (LimitExceeded tooLong) {
            throw tooLong.asTooLarge("text");
        }
    }

    private TranslationPlan<DeepLResponse> plan(HttpServletRequest httpRequest) {
        DeepLRequest request = reader.read(httpRequest);
        quotas.charge(httpRequest, request.valid().characters());
        return new TranslationPlan<>(request.valid(), texts -> DeepLResponse.of(request, texts));
    }
}
