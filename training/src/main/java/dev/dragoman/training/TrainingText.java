package dev.dragoman.training;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.tokenizer.SentencePieceTokenizer;
import dev.dragoman.tokenizer.Tokenizer;
import dev.dragoman.tokenizer.Vocabulary;
import dev.dragoman.training.data.CorpusPart;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.PairFilter;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.TsvCorpus;
import dev.dragoman.training.preparation.PreparedFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The text of a recipe, encoded: the training corpus as ids, the development corpora both as ids and as they were written.
 *
 * @param tokenizer over {@code pieces}; closed with this object
 * @param pieces the SentencePiece model
 * @param corpus training pairs
 * @param development validation corpora, in the recipe's order
 */
public record TrainingText(Tokenizer tokenizer, Path pieces, EncodedCorpus corpus, List<Development> development)
        implements AutoCloseable {

    /**
     * A development corpus.
     *
     * @param pair direction
     * @param encoded all pairs as ids
     * @param sources their source texts
     * @param references their target texts
     */
    public record Development(
            LanguagePair pair, EncodedCorpus encoded, List<String> sources, List<String> references) {}

    /**
     * Reads all text of a recipe: encodes it, or opens the shards of a prepared folder.
     *
     * @param data folder that the corpora's paths are relative to; of a recipe with a {@code preparation}, its prepared folder
     * @param pieces the SentencePiece model
     * @param threads for encoding
     * @throws RecipeException if the vocabulary or a development file does not fit the recipe
     */
    public static TrainingText read(TranslationRecipe recipe, Path recipeFile, Path data, Path pieces, int threads)
            throws IOException {
        // First, since what is not prepared has no pieces either.
        PreparedFolder prepared = prepared(recipe, recipeFile, data);
        Tokenizer tokenizer = SentencePieceTokenizer.open(pieces);
        try {
            Vocabulary vocabulary = tokenizer.vocabulary();
            if (vocabulary.size() != recipe.network().vocabularySize()) {
                throw new RecipeException(
                        recipeFile,
                        "network.vocabularySize is " + recipe.network().vocabularySize() + ", but " + pieces + " has "
                                + vocabulary.size() + " pieces");
            }
            List<CorpusPart> parts = parts(recipe.corpora(), vocabulary, recipeFile, data);
            EncodedCorpus encoded =
                    prepared == null ? encode(recipe, parts, tokenizer, threads) : prepared.corpus(parts);
            List<Development> development = readDevelopment(recipe, recipeFile, data, tokenizer, threads);
            return new TrainingText(tokenizer, pieces, encoded, development);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /**
     * Reads training pairs as {@link #read} does, of some corpora only.
     *
     * @param corpora of the recipe
     * @param tokenizer of the recipe's pieces
     * @throws RecipeException if a prefix is no piece
     */
    public static EncodedCorpus readCorpora(
            TranslationRecipe recipe,
            List<TranslationRecipe.Corpus> corpora,
            Path recipeFile,
            Path data,
            Tokenizer tokenizer,
            int threads)
            throws IOException {
        PreparedFolder prepared = prepared(recipe, recipeFile, data);
        List<CorpusPart> parts = parts(corpora, tokenizer.vocabulary(), recipeFile, data);
        return prepared == null ? encode(recipe, parts, tokenizer, threads) : prepared.corpus(parts);
    }

    private static @Nullable PreparedFolder prepared(TranslationRecipe recipe, Path recipeFile, Path data)
            throws IOException {
        return recipe.preparation() == null ? null : PreparedFolder.open(data, recipe.preparationPlan(recipeFile));
    }

    private static List<CorpusPart> parts(
            List<TranslationRecipe.Corpus> corpora, Vocabulary vocabulary, Path recipeFile, Path data) {
        return corpora.stream()
                .map(corpus -> part(corpus, vocabulary, recipeFile, data))
                .toList();
    }

    /**
     * Reads the development corpora as {@link #read} does.
     *
     * @param tokenizer of the recipe's pieces
     * @throws RecipeException if a file has no pairs, or a source that is too long for the network
     */
    public static List<Development> readDevelopment(
            TranslationRecipe recipe, Path recipeFile, Path data, Tokenizer tokenizer, int threads) throws IOException {
        List<Development> development = new ArrayList<>();
        for (TranslationRecipe.Corpus corpus : recipe.development()) {
            int maximumLength = recipe.network().maximumLength();
            development.add(development(corpus, maximumLength, tokenizer, recipeFile, data, threads));
        }
        return development;
    }

    private static EncodedCorpus encode(
            TranslationRecipe recipe, List<CorpusPart> parts, Tokenizer tokenizer, int threads) throws IOException {
        PairFilter base = PairFilter.DEFAULT;
        PairFilter filter = new PairFilter(
                recipe.maximumTokens(), base.maximumLengthRatio(), base.lengthSlack(), base.keepIdentical());
        return EncodedCorpus.read(parts, tokenizer, filter, threads);
    }

    private static CorpusPart part(TranslationRecipe.Corpus corpus, Vocabulary vocabulary, Path recipeFile, Path data) {
        OptionalInt prefix = OptionalInt.empty();
        if (corpus.prefix() != null) {
            prefix = vocabulary.idOf(corpus.prefix());
            if (prefix.isEmpty()) {
                throw new RecipeException(
                        recipeFile,
                        "prefix " + corpus.prefix() + " of " + corpus.file() + " is no piece of the vocabulary");
            }
        }
        Set<String> kinds = corpus.kinds() == null ? Set.of() : Set.copyOf(corpus.kinds());
        double weight = corpus.weight() == null ? 1 : corpus.weight();
        return new CorpusPart(data.resolve(corpus.file()), prefix, kinds, weight, corpus.isReversed(), List.of());
    }

    private static Development development(
            TranslationRecipe.Corpus corpus,
            int maximumLength,
            Tokenizer tokenizer,
            Path recipeFile,
            Path data,
            int threads)
            throws IOException {
        CorpusPart part = part(corpus, tokenizer.vocabulary(), recipeFile, data);
        EncodedCorpus encoded = EncodedCorpus.read(List.of(part), tokenizer, PairFilter.NONE, threads);
        // Here, since a validation would find out hours later.
        if (encoded.size() == 0) {
            throw new RecipeException(recipeFile, "development file " + part.file() + " has no sentence pairs");
        }
        for (int pair = 0; pair < encoded.size(); pair++) {
            if (encoded.sourceLength(pair) > maximumLength) {
                throw new RecipeException(
                        recipeFile,
                        "network.maximumLength is " + maximumLength + ", but development file " + part.file()
                                + " has a source of " + encoded.sourceLength(pair) + " tokens");
            }
        }
        List<String> sources = new ArrayList<>();
        List<String> references = new ArrayList<>();
        try (TsvCorpus lines = TsvCorpus.open(part.file())) {
            for (SentencePair pair = lines.next(); pair != null; pair = lines.next()) {
                if (part.takes(pair)) {
                    SentencePair entry = part.entries(pair).get(0);
                    sources.add(entry.source());
                    references.add(entry.target());
                }
            }
        }
        return new Development(new LanguagePair(corpus.source(), corpus.target()), encoded, sources, references);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
