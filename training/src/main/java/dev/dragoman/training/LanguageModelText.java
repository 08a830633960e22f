package dev.dragoman.training;

import dev.dragoman.tokenizer.SentencePieceTokenizer;
import dev.dragoman.tokenizer.Tokenizer;
import dev.dragoman.training.data.Column;
import dev.dragoman.training.data.CorpusException;
import dev.dragoman.training.data.CorpusPart;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.SentencePair;
import dev.dragoman.training.data.SentenceSet;
import dev.dragoman.training.data.TsvCorpus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The text of a language model's recipe, read and encoded.
 *
 * @param tokenizer over {@code pieces}; closed with this object
 * @param pieces the SentencePiece model
 * @param corpus training sentences, each once, none of the development text among them
 * @param development validation corpora, in the recipe's order
 */
public record LanguageModelText(Tokenizer tokenizer, Path pieces, EncodedCorpus corpus, List<TextSample> development)
        implements AutoCloseable {

    /**
     * Reads and encodes all text of a recipe.
     *
     * @param data folder that the corpora's paths are relative to
     * @param pieces the SentencePiece model
     * @param threads for encoding
     * @throws RecipeException if the vocabulary or a development file does not fit the recipe
     */
    public static LanguageModelText read(
            LanguageModelRecipe recipe, Path recipeFile, Path data, Path pieces, int threads) throws IOException {
        Tokenizer tokenizer = SentencePieceTokenizer.open(pieces);
        try {
            int size = tokenizer.vocabulary().size();
            if (size != recipe.languageModel().vocabularySize()) {
                throw new RecipeException(
                        recipeFile,
                        "languageModel.vocabularySize is "
                                + recipe.languageModel().vocabularySize() + ", but " + pieces + " has " + size
                                + " pieces");
            }
            SentenceSet seen = new SentenceSet();
            List<TextSample> development = new ArrayList<>();
            for (LanguageModelRecipe.Corpus corpus : recipe.development()) {
                List<String> sentences = sentences(part(corpus, data));
                sentences.forEach(seen::add);
                development.add(sample(recipe, recipeFile, corpus, sentences, tokenizer));
            }
            List<CorpusPart> parts = new ArrayList<>();
            for (LanguageModelRecipe.Corpus corpus : recipe.corpora()) {
                parts.add(part(corpus, data));
            }
            EncodedCorpus encoded =
                    EncodedCorpus.readSentences(parts, tokenizer, recipe.maximumTokens(), seen, threads);
            return new LanguageModelText(tokenizer, pieces, encoded, development);
        } catch (IOException | RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    private static CorpusPart part(LanguageModelRecipe.Corpus corpus, Path data) {
        Set<String> kinds = corpus.kinds() == null ? Set.of() : Set.copyOf(corpus.kinds());
        double weight = corpus.weight() == null ? 1 : corpus.weight();
        return new CorpusPart(data.resolve(corpus.file()), OptionalInt.empty(), kinds, weight, corpus.text());
    }

    private static List<String> sentences(CorpusPart part) throws IOException {
        List<String> sentences = new ArrayList<>();
        try (TsvCorpus lines = TsvCorpus.open(part.file())) {
            for (SentencePair pair = lines.next(); pair != null; pair = lines.next()) {
                if (part.takes(pair)) {
                    part.entries(pair).forEach(entry -> sentences.add(entry.target()));
                }
            }
        }
        return sentences;
    }

    private static TextSample sample(
            LanguageModelRecipe recipe,
            Path recipeFile,
            LanguageModelRecipe.Corpus corpus,
            List<String> sentences,
            Tokenizer tokenizer) {
        int limit = recipe.training().validateSentences();
        List<String> measured = limit == 0 || limit > sentences.size() ? sentences : sentences.subList(0, limit);
        try {
            // Here, since a validation would find out hours later.
            return TextSample.of(
                    name(corpus), measured, tokenizer, recipe.languageModel().maximumLength());
        } catch (CorpusException e) {
            throw new RecipeException(recipeFile, "development: " + e.getMessage(), e);
        }
    }

    /** The file without its endings, and the columns: {@code en-fr/dev source}. */
    private static String name(LanguageModelRecipe.Corpus corpus) {
        String file = corpus.file().replaceFirst("(\\.tsv)?(\\.xz|\\.gz)?$", "").replace(',', '_');
        return corpus.text().stream().map(Column::toString).collect(Collectors.joining("+", file + " ", ""));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
