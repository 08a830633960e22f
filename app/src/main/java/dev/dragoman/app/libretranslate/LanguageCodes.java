package dev.dragoman.app.libretranslate;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.models.Language;
import dev.dragoman.app.models.ServedModels;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Language codes as clients of LibreTranslate write them. */
final class LanguageCodes {
    /** What may be repeated in a message; anything else is not a code but text. */
    private static final Pattern CODE = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}");

    /** Names that LibreTranslate has inside and accepts, and old ones that clients still send. */
    private static final Map<String, String> OTHER_NAMES =
            Map.of("pb", "pt-BR", "zh", "zh-Hans", "zt", "zh-Hant", "iw", "he", "no", "nb");

    private LanguageCodes() {}

    /** @throws InvalidRequest if no model knows the language */
    static Language require(String field, String code, ServedModels served) {
        String other = OTHER_NAMES.getOrDefault(code.toLowerCase(Locale.ROOT), code);
        return served.language(code).or(() -> served.language(other)).orElseThrow(() -> notSupported(field, code, ""));
    }

    static InvalidRequest notSupported(String field, String value, String kind) {
        return CODE.matcher(value).matches()
                ? new InvalidRequest(value + kind + " is not supported")
                : new InvalidRequest("Invalid request: the value of the " + field + " parameter is not supported");
    }
}
