package dev.dragoman.training;

import dev.dragoman.model.TokenBatch;
import dev.dragoman.model.TrainableNetwork;
import dev.dragoman.model.layer.PaddedIds;
import dev.dragoman.tokenizer.Tokenizer;
import dev.dragoman.training.data.Batch;
import dev.dragoman.training.data.CorpusException;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.SpecialIds;
import java.util.ArrayList;
import java.util.List;

/**
 * Sentences to measure a language model on.
 *
 * @param name where they are from
 * @param encoded the sentences as ids
 * @param words words between white space, and one more for every sentence's end, which the model has to predict as well
 */
public record TextSample(String name, EncodedCorpus encoded, long words) {

    /**
     * Encodes sentences; blank ones, and those without a piece, are left out.
     *
     * @param maximumLength of a sentence in ids, the end symbol not counted
     * @throws CorpusException if a sentence is longer, or none is left
     */
    public static TextSample of(String name, List<String> sentences, Tokenizer tokenizer, int maximumLength) {
        List<int[]> encoded = new ArrayList<>();
        long words = 0;
        for (String sentence : sentences) {
            int[] ids = tokenizer.encode(sentence);
            if (ids.length > maximumLength) {
                throw new CorpusException("the longest sentence of the model is " + maximumLength + " tokens, but "
                        + name + " has one of " + ids.length);
            }
            if (ids.length > 0) {
                encoded.add(ids);
                words += words(sentence);
            }
        }
        if (encoded.isEmpty()) {
            throw new CorpusException(name + " has no sentences");
        }
        return new TextSample(name, EncodedCorpus.ofSentences(encoded), words);
    }

    /** Words of a sentence between white space, and its end. */
    static int words(String sentence) {
        return sentence.strip().split("\\s+").length + 1;
    }

    /** How likely a language model holds the sentences. */
    public Likelihood likelihood(TrainableNetwork network, SpecialIds special, int tokensPerBatch) {
        return Likelihood.of(encoded, special, tokensPerBatch, TextSample::tokens, network);
    }

    /** A batch of sentences as a language model takes it. */
    static TokenBatch tokens(Batch batch) {
        return new TokenBatch(
                null,
                new PaddedIds(batch.targetInput(), batch.targetLengths(), batch.rows(), batch.targetWidth()),
                new PaddedIds(batch.targetOutput(), batch.targetLengths(), batch.rows(), batch.targetWidth()));
    }
}
