package dev.dragoman.app.system;

import dev.dragoman.app.http.Operation;
import dev.dragoman.app.models.ModelUse;
import dev.dragoman.app.models.Models;
import dev.dragoman.app.models.ServedModel;
import dev.dragoman.inference.ExpertUse;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.ModelDescription;
import java.util.List;
import java.util.SortedMap;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells which models translate here, and what they are. */
@RestController
class ModelsController {
    private final Models models;
    private final ModelUse use;

    ModelsController(Models models, ModelUse use) {
        this.models = models;
        this.use = use;
    }

    /**
     * A model.
     *
     * @param name the name of its directory
     * @param version digest of its files
     * @param title what it calls itself
     * @param pairs the directions that it serves
     * @param parameters numbers in its weights
     * @param bytes of its weights
     * @param precisions bytes of weights of each stored type
     * @param device where it is computed
     * @param computedBy what does the arithmetic
     * @param maximumSourceTokens the longest sentence that it reads at once
     * @param experts how evenly each mixture layer has used its experts since it was opened
     * @param card its model card, in Markdown
     */
    record Model(
            String name,
            String version,
            String title,
            List<String> pairs,
            long parameters,
            long bytes,
            SortedMap<String, Long> precisions,
            String device,
            String computedBy,
            int maximumSourceTokens,
            List<ExpertUse> experts,
            String card) {
        static Model of(ServedModel model) {
            ModelDescription description = model.description();
            return new Model(
                    model.name(),
                    model.translator().modelVersion(),
                    description.title(),
                    model.translator().languagePairs().stream()
                            .map(LanguagePair::toString)
                            .sorted()
                            .toList(),
                    description.parameters(),
                    description.bytes(),
                    description.precisions(),
                    description.device(),
                    model.translator().computedBy(),
                    model.translator().maximumSourceTokens(),
                    model.translator().expertUse(),
                    description.card());
        }
    }

    @GetMapping("/models")
    @Operation(summary = "The models that are open")
    ResponseEntity<List<Model>> models() {
        // Experts are counted by the open model, which must not be closed meanwhile.
        ModelUse.Lease lease = use.begin();
        try {
            return ResponseEntity.ok()
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(models.current().all().stream().map(Model::of).toList());
        } finally {
            lease.end();
        }
    }
}
