package dev.dragoman.app.libretranslate;

import dev.dragoman.app.http.Access;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class SpecificationController {
    private final Resource specification = new ClassPathResource("libretranslate.json", SpecificationController.class);

    /** These paths as a Swagger 2.0 document, which is where clients of LibreTranslate look for them. */
    @GetMapping("/spec")
    @Access(open = true)
    ResponseEntity<Resource> specification() {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(specification);
    }
}
