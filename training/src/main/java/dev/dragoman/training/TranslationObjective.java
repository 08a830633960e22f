package dev.dragoman.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.dragoman.model.TokenBatch;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.training.data.Batch;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.SpecialIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** To translate: the target's tokens from the source and the target's tokens before. The score is the mean BLEU. */
public final class TranslationObjective implements Objective {
    private final TranslationRecipe recipe;
    private final List<Device> devices;
    private final TrainingText text;
    private final SpecialIds special;
    private final @Nullable ModelDirectory start;

    /**
     * By a recipe, on its text.
     *
     * @param devices of its network
     * @param text closed with this object
     * @param start what to begin with, of the recipe's network; null for random weights
     */
    public TranslationObjective(
            TranslationRecipe recipe, List<Device> devices, TrainingText text, @Nullable ModelDirectory start) {
        this.start = start;
        this.recipe = recipe;
        this.devices = List.copyOf(devices);
        this.text = text;
        special = SpecialIds.of(text.tokenizer().vocabulary());
    }

    /** The text of the recipe. */
    public TrainingText text() {
        return text;
    }

    @Override
    public TrainableNetwork newNetwork() {
        return TrainableNetwork.of(recipe.network(), recipe.training().precision(), devices);
    }

    @Override
    public boolean fillFromStartingModel(Map<String, NDArray> parameters) {
        if (start == null) {
            return false;
        }
        start.fill(parameters);
        return true;
    }

    @Override
    public EncodedCorpus corpus() {
        return text.corpus();
    }

    @Override
    public SpecialIds special() {
        return special;
    }

    @Override
    public TokenBatch tokens(Batch batch) {
        return PairSample.tokens(batch);
    }

    @Override
    public Path pieces() {
        return text.pieces();
    }

    @Override
    public void writeConfiguration(Path directory) throws IOException {
        ModelDirectory.writeConfiguration(
                directory, recipe.modelConfiguration(special.padId(), special.bosId(), special.eosId()));
    }

    @Override
    public @Nullable ValidationReport validate(int update, TrainableNetwork network, Path model) {
        return text.development().isEmpty()
                ? null
                : new TranslationValidation(recipe, text, this).run(update, network, model);
    }

    @Override
    public double score(ValidationReport report) {
        return report.meanBleu();
    }

    @Override
    public String card(TrainingState state, long parameters, @Nullable ValidationReport report) {
        return ModelCard.of(recipe, state, parameters, report);
    }

    @Override
    public void close() {
        text.close();
    }
}
