package dev.dragoman.app.libretranslate;

import dev.dragoman.app.configuration.DragomanProperties;
import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException.Forbidden;
import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.models.Language;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.security.Keys;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the server offers, in the words of LibreTranslate's web page. */
@RestController
class SettingsController {
    private static final int FRONTEND_TIMEOUT_MILLISECONDS = 500;

    private final int characters;
    private final Models models;
    private final Keys keys;

    SettingsController(DragomanProperties properties, Models models, Keys keys) {
        this.characters = properties.limits().characters();
        this.models = models;
        this.keys = keys;
    }

    record NamedLanguage(String code, String name) {}

    record LanguageChoice(NamedLanguage source, NamedLanguage target) {}

    /**
     * The settings.
     *
     * @param charLimit code points per text
     * @param frontendTimeout how long a page waits after the last key before it asks, in milliseconds
     * @param apiKeys whether there are keys
     * @param keyRequired whether one is needed
     * @param supportedFilesFormat extensions with their dots
     * @param language what a page shows first
     */
    record Settings(
            int charLimit,
            int frontendTimeout,
            boolean apiKeys,
            boolean keyRequired,
            boolean suggestions,
            boolean filesTranslation,
            List<String> supportedFilesFormat,
            LanguageChoice language) {}

    @GetMapping("/frontend/settings")
    @Operation(summary = "What the server offers")
    @Access(open = true)
    ResponseEntity<Settings> settings() {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(new Settings(
                        characters,
                        FRONTEND_TIMEOUT_MILLISECONDS,
                        keys.areRequired(),
                        keys.areRequired(),
                        false,
                        true,
                        List.of(TranslatedFiles.EXTENSION),
                        firstChoice(models.current().languages())));
    }

    /** The first language that can be translated, and the first that it can be translated to. */
    private static LanguageChoice firstChoice(List<Language> languages) {
        Language source = languages.stream()
                .filter(language -> language.targets().size() > 1)
                .findFirst()
                .orElseThrow();
        String target = source.targets().stream()
                .filter(code -> !code.equals(source.code()))
                .findFirst()
                .orElseThrow();
        return new LanguageChoice(
                new NamedLanguage(source.code(), source.name()), new NamedLanguage(target, Language.nameOf(target)));
    }

    /** Nobody would read what is suggested. */
    @PostMapping("/suggest")
    @Operation(summary = "Not offered: always answered with 403", errors = Problem.FORBIDDEN)
    ResponseEntity<Void> suggest() {
        throw new Forbidden("Suggestions are disabled on this server");
    }
}
