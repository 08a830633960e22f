package dev.dragoman.app.deepl;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException.NotFound;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.http.ParameterReader;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.security.Quotas;
import dev.dragoman.app.security.Quotas.MonthlyUse;
import dev.dragoman.app.translation.TranslationMetrics;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** What clients ask beside translations. */
@RestController
class DeepLAccountController {
    /** What DeepL tells who has no limit. */
    private static final long NO_LIMIT = 1_000_000_000_000L;

    private final ParameterReader reader;
    private final Models models;
    private final TranslationMetrics metrics;
    private final Quotas quotas;

    DeepLAccountController(ParameterReader reader, Models models, TranslationMetrics metrics, Quotas quotas) {
        this.reader = reader;
        this.models = models;
        this.metrics = metrics;
        this.quotas = quotas;
    }

    /** With the type in the query, in a form or in JSON, and by GET or POST: each is what some client library does. */
    @RequestMapping(
            path = "/v2/languages",
            method = {RequestMethod.GET, RequestMethod.POST})
    @Operation(
            summary = "The languages of sources or targets",
            fields = DeepLFields.Languages.class,
            example = "{\"type\":\"target\"}")
    ResponseEntity<List<DeepLLanguages.Entry>> languages(HttpServletRequest httpRequest) {
        String type = reader.readOptional(httpRequest).nonEmpty("type");
        return json(
                switch (type == null ? "source" : type) {
                    case "source" -> DeepLLanguages.sources(models.current());
                    case "target" -> DeepLLanguages.targets(models.current());
                    default -> throw DeepLRequestReader.notSupported("type", String.valueOf(type), "source or target");
                });
    }

    /**
     * Characters translated with a key; without keys, for everybody.
     *
     * @param count in this month; without keys since the start of the server
     * @param limit of the key; where there is none, so high that it is none
     */
    record Usage(
            @JsonProperty("character_count") long count,
            @JsonProperty("character_limit") long limit) {}

    @GetMapping("/v2/usage")
    @Operation(summary = "What the key used this month")
    ResponseEntity<Usage> usage(HttpServletRequest request) {
        MonthlyUse use = quotas.use(request);
        if (use == null) {
            return json(new Usage(metrics.charactersTranslated(), NO_LIMIT));
        }
        Long limit = use.limit();
        return json(new Usage(use.characters(), limit == null ? NO_LIMIT : limit));
    }

    /** None: clients that look for glossaries before they translate go on without. */
    record Glossaries(List<String> glossaries) {}

    @GetMapping("/v2/glossaries")
    @Operation(summary = "The glossaries: none")
    ResponseEntity<Glossaries> glossaries() {
        return json(new Glossaries(List.of()));
    }

    /** As for a glossary that is not there: clients report that there is none, rather than a status that they do not know. */
    @PostMapping("/v2/glossaries")
    @Operation(summary = "Not offered: always answered with 404", errors = Problem.NOT_FOUND)
    ResponseEntity<Void> createGlossary() {
        throw new NotFound("Not found: this server keeps no glossaries; the field glossary of /translate takes terms");
    }

    /** None, see {@link Glossaries}. */
    record GlossaryPairs(
            @JsonProperty("supported_languages") List<String> pairs) {}

    @GetMapping("/v2/glossary-language-pairs")
    @Operation(summary = "The pairs of languages of glossaries: none")
    ResponseEntity<GlossaryPairs> glossaryPairs() {
        return json(new GlossaryPairs(List.of()));
    }

    private static <T> ResponseEntity<T> json(T body) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(body);
    }
}
