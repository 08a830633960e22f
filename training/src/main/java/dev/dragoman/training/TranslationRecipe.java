package dev.dragoman.training;

import ai.djl.Device;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The recipe of a translation model.
 *
 * @param name what the model calls itself
 * @param pieces the SentencePiece model, relative to the recipe
 * @param corpora training text
 * @param development text for validation
 * @param maximumTokens pairs with a longer side, in ids, are left out of training
 * @param network the network's sizes
 * @param training how it is trained
 * @param startFrom a model directory, relative to the recipe, whose weights the run begins with; absent to begin with random ones
 */
public record TranslationRecipe(
        String name,
        String pieces,
        List<Corpus> corpora,
        List<Corpus> development,
        int maximumTokens,
        NetworkConfiguration network,
        Training training,
        @Nullable String startFrom)
        implements Recipe {

    /**
     * A file of sentence pairs.
     *
     * @param file TSV, plain or compressed, relative to the data folder
     * @param source ISO 639-1 code
     * @param target ISO 639-1 code
     * @param prefix control piece that names the target language; absent for a model of one target
     * @param kinds kinds of pairs to take; absent for all
     * @param weight how often a pair occurs in an epoch; absent for once
     */
    public record Corpus(
            String file,
            String source,
            String target,
            @Nullable String prefix,
            @Nullable List<String> kinds,
            @Nullable Double weight) {
        public Corpus {
            Requirement.present("file of a corpus", file);
            Requirement.present("source of " + file, source);
            Requirement.present("target of " + file, target);
            if (kinds != null) {
                kinds = Requirement.list("kinds of " + file, kinds);
            }
            Requirement.weight(file, weight);
        }

        private boolean hasDirectionOf(Corpus other) {
            return source.equals(other.source) && target.equals(other.target) && Objects.equals(prefix, other.prefix);
        }
    }

    public TranslationRecipe {
        Requirement.present("name", name);
        Requirement.present("pieces", pieces);
        corpora = Requirement.notEmpty("corpora", "file", corpora);
        development = Requirement.list("development", development);
        Requirement.present("network", network);
        Requirement.present("training", training);
        Requirement.range("maximumTokens", maximumTokens, 1, 30_000);
        training.requireExpertsForDevices(network.mixture());
        for (Corpus corpus : development) {
            if (corpora.stream().noneMatch(corpus::hasDirectionOf)) {
                throw new IllegalArgumentException("development " + corpus.file() + " must have source, target and "
                        + "prefix of one of the corpora, but has " + corpus.source() + ", " + corpus.target() + " and "
                        + (corpus.prefix() == null ? "none" : corpus.prefix()));
            }
        }
    }

    @Override
    public TranslationObjective open(Path recipeFile, Path data, Path piecesFile, int threads) throws IOException {
        // First, since the text takes its time.
        List<Device> devices = training.openDevices(recipeFile);
        ModelDirectory start = startingModel(recipeFile, piecesFile);
        TrainingText text = TrainingText.read(this, recipeFile, data, piecesFile, threads);
        return new TranslationObjective(this, devices, text, start);
    }

    private @Nullable ModelDirectory startingModel(Path recipeFile, Path piecesFile) throws IOException {
        Path directory = StartingModel.directory(startFrom, recipeFile);
        if (directory == null) {
            return null;
        }
        ModelDirectory model = ModelDirectory.open(directory);
        StartingModel.requireFits(
                directory, recipeFile, "network", model.configuration().network(), network, piecesFile);
        return model;
    }

    /** Without a model to start from. */
    public TranslationRecipe(
            String name,
            String pieces,
            List<Corpus> corpora,
            List<Corpus> development,
            int maximumTokens,
            NetworkConfiguration network,
            Training training) {
        this(name, pieces, corpora, development, maximumTokens, network, training, null);
    }

    /** What the model directory says of the model. */
    ModelConfiguration modelConfiguration(int padId, int bosId, int eosId) {
        Set<ModelConfiguration.Direction> directions = new LinkedHashSet<>();
        for (Corpus corpus : corpora) {
            String prefix = corpus.prefix() == null ? "" : corpus.prefix();
            directions.add(new ModelConfiguration.Direction(corpus.source(), corpus.target(), prefix));
        }
        return new ModelConfiguration(
                ModelConfiguration.FORMAT, name, padId, bosId, eosId, List.copyOf(directions), network);
    }
}
