package dev.dragoman.app.deepl;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.errors.ServiceException.NotFound;
import dev.dragoman.app.http.ParameterReader;
import dev.dragoman.app.http.Parameters;
import dev.dragoman.app.models.Language;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.models.ServedModels;
import dev.dragoman.app.translation.TextForm;
import dev.dragoman.app.translation.TextForm.Markup;
import dev.dragoman.app.translation.TextForm.Outline;
import dev.dragoman.app.translation.TextForm.Splitting;
import dev.dragoman.app.translation.TextLimits;
import dev.dragoman.app.translation.TextRouter;
import dev.dragoman.app.translation.ValidRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads and proves a translation request.
 *
 * <p>What steers a translation without changing its meaning is accepted and has no effect, {@code context} and
 * {@code preserve_formatting} among it; what a caller relies on and the server cannot do is refused.
 */
final class DeepLRequestReader {
    /** What may be repeated in a message; anything else is not a code but text. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,20}");

    private static final Set<String> FORMALITIES = Set.of("default", "prefer_more", "prefer_less");

    private final ParameterReader reader;
    private final TextLimits limits;
    private final TextRouter router;
    private final Models models;

    DeepLRequestReader(ParameterReader reader, TextLimits limits, TextRouter router, Models models) {
        this.reader = reader;
        this.limits = limits;
        this.router = router;
        this.models = models;
    }

    /** @throws dev.dragoman.app.errors.ServiceException if the request cannot be answered */
    DeepLRequest read(HttpServletRequest httpRequest) {
        Parameters parameters = reader.read(httpRequest, "text");
        List<String> texts = parameters.strings("text");
        if (texts == null || texts.isEmpty()) {
            throw new InvalidRequest("Parameter 'text' not specified");
        }
        String targetCode = parameters.nonEmpty("target_lang");
        if (targetCode == null) {
            throw new InvalidRequest("Parameter 'target_lang' not specified");
        }
        boolean isList = parameters.isList("text");
        limits.require(texts, "text", isList);
        ServedModels served = models.current();
        Language target = language("target_lang", targetCode, served);
        String sourceCode = parameters.nonEmpty("source_lang");
        Language source = sourceCode == null ? null : language("source_lang", sourceCode, served);
        TextForm form = form(parameters);
        requireFormality(parameters, targetCode);
        requireNoGlossary(parameters);
        // Read for its type alone: formatting is always preserved.
        parameters.flag("preserve_formatting");
        Boolean showCharacters = parameters.flag("show_billed_characters");
        return new DeepLRequest(
                new ValidRequest(router.route(texts, "text", isList, source, target, form, served), form, 0),
                // Clients fail without, and old ones do not ask for it.
                showCharacters == null || showCharacters,
                modelType(parameters));
    }

    private static Language language(String field, String code, ServedModels served) {
        String list = field.equals("target_lang") ? "/v2/languages?type=target" : "/v2/languages";
        return DeepLLanguages.find(code, served).orElseThrow(() -> notSupported(field, code, "a code of " + list));
    }

    private static TextForm form(Parameters parameters) {
        String tags = parameters.nonEmpty("tag_handling");
        Markup markup = tags == null
                ? Markup.NONE
                : switch (tags) {
                    case "xml" -> Markup.XML;
                    case "html" -> Markup.HTML;
                    default -> throw notSupported("tag_handling", tags, "xml or html");
                };
        Boolean outline = parameters.flag("outline_detection");
        return new TextForm(
                markup,
                splitting(parameters, markup),
                tags(parameters, "ignore_tags"),
                new Outline(
                        tags(parameters, "splitting_tags"),
                        tags(parameters, "non_splitting_tags"),
                        outline == null || outline));
    }

    private static Splitting splitting(Parameters parameters, Markup markup) {
        String written = parameters.number("split_sentences");
        if (written == null) {
            return markup == Markup.HTML ? Splitting.SENTENCES : Splitting.SENTENCES_AND_LINES;
        }
        return switch (written) {
            case "0" -> Splitting.NOWHERE;
            case "1" -> Splitting.SENTENCES_AND_LINES;
            case "nonewlines" -> Splitting.SENTENCES;
            default -> throw notSupported("split_sentences", written, "0, 1 or nonewlines");
        };
    }

    /** A list in JSON, names separated by commas in a form. */
    private static Set<String> tags(Parameters parameters, String field) {
        List<String> lists = parameters.strings(field);
        return lists == null
                ? Set.of()
                : lists.stream()
                        .flatMap(list -> Arrays.stream(list.split(",", -1)))
                        .map(tag -> tag.strip().toLowerCase(Locale.ROOT))
                        .filter(tag -> !tag.isEmpty())
                        .collect(Collectors.toSet());
    }

    private static void requireFormality(Parameters parameters, String targetCode) {
        String formality = parameters.nonEmpty("formality");
        if (formality == null || FORMALITIES.contains(formality)) {
            return;
        }
        if (formality.equals("more") || formality.equals("less")) {
            throw new InvalidRequest("Target language '" + targetCode.toUpperCase(Locale.ROOT)
                    + "' does not support formality: use default, prefer_more or prefer_less");
        }
        throw notSupported("formality", formality, "default, prefer_more or prefer_less");
    }

    /** A translation without the words that were asked for would be a wrong one. */
    private static void requireNoGlossary(Parameters parameters) {
        for (String field : List.of("glossary_id", "glossary_ids")) {
            List<String> glossaries = parameters.strings(field);
            if (glossaries != null && glossaries.stream().anyMatch(id -> !id.isEmpty())) {
                throw new NotFound("Glossary not found: this server has none, leave out '" + field + "'");
            }
        }
    }

    /** There is one model for a pair, so it is of whatever type is preferred. */
    private static @Nullable String modelType(Parameters parameters) {
        String type = parameters.nonEmpty("model_type");
        if (type == null) {
            return null;
        }
        return switch (type) {
            case "latency_optimized", "quality_optimized" -> type;
            case "prefer_quality_optimized" -> "quality_optimized";
            default ->
                throw notSupported(
                        "model_type", type, "latency_optimized, quality_optimized or prefer_quality_optimized");
        };
    }

    static InvalidRequest notSupported(String field, String value, String allowed) {
        String shown = WORD.matcher(value).matches() ? ": " + value : "";
        return new InvalidRequest("Value for '" + field + "' not supported" + shown + "; use " + allowed);
    }
}
