package dev.dragoman.app.deepl;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.dragoman.app.models.Language;
import dev.dragoman.app.models.ServedModels;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The languages of the open models in DeepL's codes: upper case, sources without a region.
 *
 * <p>English, Portuguese and Chinese are listed as targets by their variants alone, since the client libraries refuse the bare codes; a
 * model that knows one English only is asked for either of them. Any variant is understood, also of other languages.
 */
final class DeepLLanguages {
    private static final Map<String, List<Entry>> VARIANTS = Map.of(
            "en", List.of(target("EN-GB", "English (British)"), target("EN-US", "English (American)")),
            "pt", List.of(target("PT-BR", "Portuguese (Brazilian)"), target("PT-PT", "Portuguese (European)")),
            "zh", List.of(target("ZH-HANS", "Chinese (simplified)"), target("ZH-HANT", "Chinese (traditional)")));

    private DeepLLanguages() {}

    /**
     * A language of a list.
     *
     * @param language code in upper case
     * @param name in English
     * @param supportsFormality false for every target, absent for sources: clients insist on both
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(
            String language,
            String name,
            @JsonProperty("supports_formality") @Nullable Boolean supportsFormality) {}

    private static Entry target(String code, String name) {
        return new Entry(code, name, false);
    }

    /** Languages that can be translated from. */
    static List<Entry> sources(ServedModels served) {
        return served.languages().stream()
                .filter(language -> language.targets().size() > 1)
                .map(language -> sourceCode(language.code()))
                .distinct()
                .map(code -> new Entry(code, Language.nameOf(code), null))
                .toList();
    }

    /** Languages that can be translated into. */
    static List<Entry> targets(ServedModels served) {
        return served.languages().stream()
                .filter(language -> served.languages().stream()
                        .anyMatch(source ->
                                !source.equals(language) && source.targets().contains(language.code())))
                .flatMap(DeepLLanguages::variants)
                .toList();
    }

    private static Stream<Entry> variants(Language language) {
        List<Entry> variants = VARIANTS.get(language.code());
        return variants == null
                ? Stream.of(target(language.code().toUpperCase(Locale.ROOT), language.name()))
                : variants.stream();
    }

    /** The code of a source: {@code pt-BR} becomes {@code PT}. */
    static String sourceCode(String code) {
        return primary(code).toUpperCase(Locale.ROOT);
    }

    /** The language that a caller means: of this code, or of its part before the first hyphen, or any variant of that. */
    static Optional<Language> find(String code, ServedModels served) {
        String primary = primary(code);
        return served.language(code)
                .or(() -> served.language(primary))
                .or(() -> served.languages().stream()
                        .filter(language -> primary(language.code()).equals(primary))
                        .findFirst());
    }

    private static String primary(String code) {
        int hyphen = code.indexOf('-');
        return (hyphen < 0 ? code : code.substring(0, hyphen)).toLowerCase(Locale.ROOT);
    }
}
