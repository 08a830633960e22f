package dev.dragoman.training;

import ai.djl.Device;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.training.preparation.Preparation;
import dev.dragoman.training.preparation.PreparationPlan;
import dev.dragoman.training.preparation.PreparedFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The recipe of a translation model.
 *
 * @param name what the model calls itself
 * @param pieces the SentencePiece model, relative to the recipe; absent where {@code preparation} says how one is learnt
 * @param corpora training text
 * @param development text for validation
 * @param preparation where the text comes from; absent where it is in TSV files
 * @param maximumTokens pairs with a longer side, in ids, are left out of training
 * @param network the network's sizes
 * @param training how it is trained
 * @param startFrom a model directory, relative to the recipe, whose weights the run begins with; absent to begin with random ones
 */
public record TranslationRecipe(
        String name,
        @Nullable String pieces,
        List<Corpus> corpora,
        List<Corpus> development,
        @Nullable Preparation preparation,
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
     * @param reversed whether the file has the target in the first column; absent for no
     */
    public record Corpus(
            String file,
            String source,
            String target,
            @Nullable String prefix,
            @Nullable List<String> kinds,
            @Nullable Double weight,
            @Nullable Boolean reversed) {
        /** A file that has the source in the first column. */
        public Corpus(
                String file,
                String source,
                String target,
                @Nullable String prefix,
                @Nullable List<String> kinds,
                @Nullable Double weight) {
            this(file, source, target, prefix, kinds, weight, null);
        }

        public Corpus {
            Requirement.present("file of a corpus", file);
            Requirement.present("source of " + file, source);
            Requirement.present("target of " + file, target);
            if (kinds != null) {
                kinds = Requirement.list("kinds of " + file, kinds);
            }
            Requirement.weight(file, weight);
        }

        boolean isReversed() {
            return reversed != null && reversed;
        }

        private boolean hasDirectionOf(Corpus other) {
            return source.equals(other.source) && target.equals(other.target) && Objects.equals(prefix, other.prefix);
        }
    }

    /** Of text in TSV files. */
    public TranslationRecipe(
            String name,
            String pieces,
            List<Corpus> corpora,
            List<Corpus> development,
            int maximumTokens,
            NetworkConfiguration network,
            Training training) {
        this(name, pieces, corpora, development, null, maximumTokens, network, training, null);
    }

    public TranslationRecipe {
        Requirement.present("name", name);
        if (preparation == null || preparation.vocabulary() == null) {
            Requirement.present("pieces", pieces);
        } else if (pieces != null) {
            throw new IllegalArgumentException(
                    "pieces must be absent where preparation.vocabulary says how they are learnt, but is " + pieces);
        }
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
        if (preparation != null) {
            requirePrepared("corpora", corpora, "preparation.training", preparation.training());
            requirePrepared("development", development, "preparation.heldOut", preparation.heldOut());
        }
    }

    /** Corpora of a recipe with a preparation are texts that it makes. */
    private static void requirePrepared(
            String key, List<Corpus> corpora, String textsKey, List<Preparation.Text> texts) {
        for (Corpus corpus : corpora) {
            String file = corpus.file();
            Preparation.Text text = texts.stream()
                    .filter(candidate -> candidate.path().equals(file))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            key + ": file must be that of a text of " + textsKey + ", one of "
                                    + texts.stream().map(Preparation.Text::path).toList() + ", but is " + file));
            String first = corpus.isReversed() ? corpus.target() : corpus.source();
            String second = corpus.isReversed() ? corpus.source() : corpus.target();
            if (!first.equals(text.source()) || !second.equals(text.target())) {
                throw new IllegalArgumentException(key + ": " + file + " goes from " + text.source() + " to "
                        + text.target() + ", but the corpus from " + corpus.source() + " to " + corpus.target()
                        + (corpus.isReversed() ? ", reversed" : ""));
            }
            if (corpus.kinds() != null) {
                throw new IllegalArgumentException(
                        key + ": kinds of " + file + " must be absent: prepared text has none");
            }
        }
    }

    /**
     * What the recipe's prepared folder depends on.
     *
     * @param recipeFile where the recipe was read from
     * @throws RecipeException if the recipe has no {@code preparation}
     */
    public PreparationPlan preparationPlan(Path recipeFile) {
        if (preparation == null) {
            throw new RecipeException(recipeFile, "preparation is missing: there is nothing to prepare");
        }
        List<String> prefixes = Stream.concat(corpora.stream(), development.stream())
                .map(Corpus::prefix)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        return new PreparationPlan(
                preparation,
                maximumTokens,
                network.vocabularySize(),
                prefixes,
                pieces == null ? null : besideRecipe(recipeFile, pieces));
    }

    @Override
    public Path piecesFile(Path recipeFile, Path data) {
        return preparation != null || pieces == null ? PreparedFolder.pieces(data) : besideRecipe(recipeFile, pieces);
    }

    private static Path besideRecipe(Path recipeFile, String name) {
        return recipeFile.toAbsolutePath().resolveSibling(name).normalize();
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
