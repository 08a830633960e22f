package dev.dragoman.app.translation;

import dev.dragoman.app.configuration.DragomanProperties.LimitProperties;
import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.errors.ServiceException.LimitExceeded;
import dev.dragoman.app.models.Language;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.models.ServedModel;
import dev.dragoman.app.models.ServedModels;
import dev.dragoman.inference.LanguagePair;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns a request as sent into one that can be answered, or says what is wrong with it: the first mistake in LibreTranslate's order. */
final class RequestValidator {
    /** What may be repeated in a message; anything else is not a code but text. */
    private static final Pattern CODE = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}");

    private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?[0-9]+");

    private final LimitProperties limits;
    private final Models models;

    RequestValidator(LimitProperties limits, Models models) {
        this.limits = limits;
        this.models = models;
    }

    /** @throws dev.dragoman.app.errors.ServiceException if the request cannot be answered */
    ValidRequest validate(TranslationRequest request) {
        int alternatives = alternatives(request.alternatives());
        requireTexts(request);
        ServedModels served = models.current();
        Language source = source(request.source(), served);
        Language target = target(request.target(), served);
        requireFormat(request.format());
        LanguagePair pair = new LanguagePair(source.code(), target.code());
        List<String> texts = request.texts().stream().map(CleanText::of).toList();
        return new ValidRequest(texts, request.isList(), pair, model(source, target, served), alternatives);
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
        int number = saturatedNumber(text);
        if (number > limits.alternatives()) {
            throw new InvalidRequest("Invalid request: alternatives parameter must be <= " + limits.alternatives());
        }
        return number;
    }

    private static int saturatedNumber(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException tooLarge) {
            return Integer.MAX_VALUE;
        }
    }

    private void requireTexts(TranslationRequest request) {
        List<String> texts = request.texts();
        if (texts.size() > limits.texts()) {
            throw new LimitExceeded("q", "texts", limits.texts(), texts.size());
        }
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            int characters = text.codePointCount(0, text.length());
            if (characters > limits.characters()) {
                throw new LimitExceeded(
                        ValidRequest.fieldOf(request.isList(), i), "characters", limits.characters(), characters);
            }
        }
    }

    private static Language source(String code, ServedModels served) {
        if (code.equalsIgnoreCase("auto")) {
            throw new InvalidRequest("auto is not supported: language detection is not available yet on this server");
        }
        return served.language(code).orElseThrow(() -> notSupported("source", code, ""));
    }

    private static Language target(String code, ServedModels served) {
        return served.language(code).orElseThrow(() -> notSupported("target", code, ""));
    }

    private static void requireFormat(@Nullable String format) {
        if (format == null || format.isEmpty() || format.equals("text")) {
            return;
        }
        if (format.equals("html")) {
            throw new InvalidRequest("html format is not supported yet on this server");
        }
        throw notSupported("format", format, " format");
    }

    private static InvalidRequest notSupported(String field, String value, String kind) {
        return CODE.matcher(value).matches()
                ? new InvalidRequest(value + kind + " is not supported")
                : new InvalidRequest("Invalid request: the value of the " + field + " parameter is not supported");
    }

    private static @Nullable ServedModel model(Language source, Language target, ServedModels served) {
        if (source.equals(target)) {
            return null;
        }
        ServedModel model = served.serving(new LanguagePair(source.code(), target.code()));
        if (model == null) {
            throw new InvalidRequest(target.name() + " (" + target.code()
                    + ") is not available as a target language from " + source.name() + " (" + source.code() + ")");
        }
        return model;
    }
}
