package dev.dragoman.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import dev.dragoman.model.TokenBatch;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.model.checkpoint.Shards;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.training.ValidationReport.Direction;
import dev.dragoman.training.data.Batch;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.SpecialIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * To predict the next piece of a sentence from those before, the end symbol included (Shazeer et al. 2017, section 5.1). The score is the
 * geometric mean of the probability that a piece of the development text is given.
 */
public final class LanguageModelObjective implements Objective {
    private final LanguageModelRecipe recipe;
    private final List<Device> devices;
    private final LanguageModelText text;
    private final SpecialIds special;
    private final @Nullable WeightFiles start;

    /**
     * By a recipe, on its text.
     *
     * @param devices of its network
     * @param text closed with this object
     * @param start what to begin with, of the recipe's network; null for random weights
     */
    public LanguageModelObjective(
            LanguageModelRecipe recipe, List<Device> devices, LanguageModelText text, @Nullable WeightFiles start) {
        this.start = start;
        this.recipe = recipe;
        this.devices = List.copyOf(devices);
        this.text = text;
        special = SpecialIds.of(text.tokenizer().vocabulary());
    }

    @Override
    public TrainableNetwork newNetwork() {
        return TrainableNetwork.of(recipe.languageModel(), recipe.training().precision(), devices);
    }

    @Override
    public boolean fillFromStartingModel(Map<String, NDArray> parameters) {
        if (start == null) {
            return false;
        }
        Shards.fill(start, parameters);
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
        return TextSample.tokens(batch);
    }

    @Override
    public Path pieces() {
        return text.pieces();
    }

    @Override
    public void writeConfiguration(Path directory) throws IOException {
        LanguageModelDirectory.writeConfiguration(
                directory,
                new LanguageModelDirectory.Description(
                        LanguageModelDirectory.FORMAT,
                        recipe.name(),
                        special.padId(),
                        special.bosId(),
                        special.eosId(),
                        recipe.languageModel()));
    }

    @Override
    public @Nullable ValidationReport validate(int update, TrainableNetwork network, Path model) {
        if (text.development().isEmpty()) {
            return null;
        }
        List<Direction> directions = new ArrayList<>();
        double sum = 0;
        long tokens = 0;
        long words = 0;
        for (TextSample sample : text.development()) {
            Likelihood likelihood =
                    sample.likelihood(network, special, recipe.training().tokensPerBatch());
            directions.add(direction(sample.name(), likelihood.sum(), likelihood.tokens(), sample.words()));
            sum += likelihood.sum();
            tokens += likelihood.tokens();
            words += sample.words();
        }
        if (directions.size() > 1) {
            directions.add(direction("all", sum, tokens, words));
        }
        return new ValidationReport(update, directions);
    }

    private static Direction direction(String name, double sum, long tokens, long words) {
        return new Direction(name, sum / tokens, Math.exp(sum / words), Double.NaN, Double.NaN);
    }

    @Override
    public double score(ValidationReport report) {
        Direction all = report.directions().get(report.directions().size() - 1);
        return 1 / all.perplexity();
    }

    @Override
    public String card(TrainingState state, long parameters, @Nullable ValidationReport report) {
        return LanguageModelCard.of(recipe, state, parameters, report);
    }

    @Override
    public void close() {
        text.close();
    }
}
