package dev.dragoman.app.libretranslate;

import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.models.Language;
import dev.dragoman.app.models.Models;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class LanguagesController {
    private final Models models;

    LanguagesController(Models models) {
        this.models = models;
    }

    /** Answers JSON whatever the caller says it accepts: some clients ask for HTML and read JSON. */
    @GetMapping("/languages")
    @Operation(summary = "The languages, and what each can be translated to")
    @Access(open = true)
    ResponseEntity<List<Language>> languages() {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .body(models.current().languages());
    }
}
