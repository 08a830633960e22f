package dev.dragoman.training;

import ai.djl.Device;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.WeightFiles;
import dev.dragoman.model.configuration.LanguageModelConfiguration;
import dev.dragoman.training.data.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The recipe of a language model.
 *
 * @param name what the model calls itself
 * @param pieces the SentencePiece model, relative to the recipe
 * @param corpora training text; a sentence that occurs several times, in whatever files, is taken once
 * @param development text for validation; its sentences are left out of training
 * @param maximumTokens longer sentences, in ids, are left out of training
 * @param languageModel the network's sizes
 * @param training how it is trained
 * @param startFrom a model directory, relative to the recipe, whose weights the run begins with; absent to begin with random ones
 */
public record LanguageModelRecipe(
        String name,
        String pieces,
        List<Corpus> corpora,
        List<Corpus> development,
        int maximumTokens,
        LanguageModelConfiguration languageModel,
        Training training,
        @Nullable String startFrom)
        implements Recipe {

    /**
     * A file of sentence pairs, of which one side or both are read as sentences by themselves.
     *
     * @param file TSV, plain or compressed, relative to the data folder
     * @param text the columns that are read
     * @param kinds kinds of pairs to take; absent for all
     * @param weight how often a sentence occurs in an epoch; absent for once
     */
    public record Corpus(
            String file,
            List<Column> text,
            @Nullable List<String> kinds,
            @Nullable Double weight) {
        public Corpus {
            Requirement.present("file of a corpus", file);
            text = Requirement.notEmpty("text of " + file, "column", text);
            if (text.stream().distinct().count() < text.size()) {
                throw new IllegalArgumentException("text of " + file + " must name a column once, but is " + text);
            }
            if (kinds != null) {
                kinds = Requirement.list("kinds of " + file, kinds);
            }
            Requirement.weight(file, weight);
        }
    }

    public LanguageModelRecipe {
        Requirement.present("name", name);
        Requirement.present("pieces", pieces);
        corpora = Requirement.notEmpty("corpora", "file", corpora);
        development = Requirement.list("development", development);
        Requirement.present("languageModel", languageModel);
        Requirement.present("training", training);
        Requirement.range("maximumTokens", maximumTokens, 1, 30_000);
        training.requireExpertsForDevices(languageModel.mixture());
    }

    @Override
    public Path piecesFile(Path recipeFile, Path data) {
        return recipeFile.toAbsolutePath().resolveSibling(pieces).normalize();
    }

    @Override
    public LanguageModelObjective open(Path recipeFile, Path data, Path piecesFile, int threads) throws IOException {
        // First, since the text takes its time.
        List<Device> devices = training.openDevices(recipeFile);
        WeightFiles start = startingWeights(recipeFile, piecesFile);
        LanguageModelText text = LanguageModelText.read(this, recipeFile, data, piecesFile, threads);
        return new LanguageModelObjective(this, devices, text, start);
    }

    private @Nullable WeightFiles startingWeights(Path recipeFile, Path piecesFile) throws IOException {
        Path directory = StartingModel.directory(startFrom, recipeFile);
        if (directory == null) {
            return null;
        }
        LanguageModelConfiguration ofModel =
                LanguageModelDirectory.readConfiguration(directory).languageModel();
        StartingModel.requireFits(directory, recipeFile, "languageModel", ofModel, languageModel, piecesFile);
        return WeightFiles.open(directory.resolve(ModelDirectory.WEIGHTS));
    }

    /** Without a model to start from. */
    public LanguageModelRecipe(
            String name,
            String pieces,
            List<Corpus> corpora,
            List<Corpus> development,
            int maximumTokens,
            LanguageModelConfiguration languageModel,
            Training training) {
        this(name, pieces, corpora, development, maximumTokens, languageModel, training, null);
    }
}
