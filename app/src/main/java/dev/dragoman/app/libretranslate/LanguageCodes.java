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

    /**
     * The language of a code.
     *
     * @param field the field that has it
     * @param allowed what may be there beside the codes, as in {@code "auto or "}; empty for nothing
     * @throws InvalidRequest if no model knows the language
     */
    static Language require(String field, String code, String allowed, ServedModels served) {
        String other = OTHER_NAMES.getOrDefault(code.toLowerCase(Locale.ROOT), code);
        return served.language(code)
                .or(() -> served.language(other))
                .orElseThrow(() -> notSupported(field, code, "", allowed + "a code of /languages"));
    }

    /** In LibreTranslate's words, and then which field it is and what it may be. */
    static InvalidRequest notSupported(String field, String value, String kind, String allowed) {
        String refused = CODE.matcher(value).matches()
                ? value + kind + " is not supported"
                : "Invalid request: the value of the " + field + " parameter is not supported";
        return new InvalidRequest(refused + ": " + field + " must be " + allowed);
    }
}
