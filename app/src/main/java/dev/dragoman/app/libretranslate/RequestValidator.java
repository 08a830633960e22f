package dev.dragoman.app.libretranslate;

import dev.dragoman.app.configuration.DragomanProperties.LimitProperties;
import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.errors.ServiceException.LimitExceeded;
import dev.dragoman.app.models.Language;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.models.ServedModels;
import dev.dragoman.app.translation.TextForm;
import dev.dragoman.app.translation.TextLimits;
import dev.dragoman.app.translation.TextRouter;
import dev.dragoman.app.translation.ValidRequest;
import dev.dragoman.inference.faithful.SentenceConstraints;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns a request as sent into one that can be answered, or says what is wrong with it: the first mistake in LibreTranslate's order. */
final class RequestValidator {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?[0-9]+");

    private final LimitProperties limits;
    private final TextLimits textLimits;
    private final TextRouter router;
    private final Models models;

    RequestValidator(LimitProperties limits, TextLimits textLimits, TextRouter router, Models models) {
        this.limits = limits;
        this.textLimits = textLimits;
        this.router = router;
        this.models = models;
    }

    /** @throws dev.dragoman.app.errors.ServiceException if the request cannot be answered */
    ValidRequest validate(TranslationRequest request) {
        return validate(request, "q");
    }

    /**
     * Likewise.
     *
     * @param field where the texts came from, for errors
     */
    ValidRequest validate(TranslationRequest request, String field) {
        int alternatives = alternatives(request.alternatives());
        textLimits.require(request.texts(), field, request.isList());
        ServedModels served = models.current();
        Language source =
                request.isAuto() ? null : LanguageCodes.require("source", request.source(), "auto or ", served);
        Language target = LanguageCodes.require("target", request.target(), "", served);
        TextForm form = form(request.format());
        SentenceConstraints constraints = ConstraintReader.read(request);
        return new ValidRequest(
                router.route(request.texts(), field, request.isList(), source, target, form, served),
                form,
                alternatives,
                constraints);
    }

    private int alternatives(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        if (!WHOLE_NUMBER.matcher(text).matches()) {
            throw new InvalidRequest("Invalid request: alternatives parameter is not a number");
        }
        if (text.startsWith("-")) {
            return 0;
        }
        long number = number(text);
        if (number > limits.alternatives()) {
            throw LimitExceeded.ofNumber("alternatives", limits.alternatives(), number);
        }
        return (int) number;
    }

    private long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException tooLarge) {
            throw new InvalidRequest("Invalid request: alternatives parameter must be <= " + limits.alternatives()
                    + ", but has " + digits.length() + " digits");
        }
    }

    private static TextForm form(@Nullable String format) {
        if (format == null || format.isEmpty() || format.equals("text")) {
            return TextForm.PLAIN;
        }
        if (format.equals("html")) {
            return TextForm.HTML;
        }
        throw LanguageCodes.notSupported("format", format, " format", "text or html");
    }
}
