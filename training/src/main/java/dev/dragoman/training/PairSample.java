package dev.dragoman.training;

import dev.dragoman.model.TokenBatch;
import dev.dragoman.model.layer.PaddedIds;
import dev.dragoman.tokenizer.Tokenizer;
import dev.dragoman.training.data.Batch;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.SentencePair;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Sentence pairs to measure a translation model on: how likely it holds each target, given the source.
 *
 * @param encoded the pairs as ids
 * @param words words of the targets between white space, and one more for every sentence's end, which the model has to predict as well
 * @param leftOut pairs that cannot be measured: a side has no pieces, or the source is too long for the model
 */
public record PairSample(EncodedCorpus encoded, long words, int leftOut) {

    /**
     * Encodes pairs.
     *
     * @param prefixId the piece that names the target language, empty if the model has none
     * @param maximumLength of a source in ids, control pieces not counted; a longer target is no difficulty
     */
    static PairSample of(List<SentencePair> pairs, Tokenizer tokenizer, OptionalInt prefixId, int maximumLength) {
        List<int[]> sources = new ArrayList<>();
        List<int[]> targets = new ArrayList<>();
        long words = 0;
        for (SentencePair pair : pairs) {
            int[] source = tokenizer.encode(pair.source());
            int[] target = tokenizer.encode(pair.target());
            if (source.length > 0 && source.length <= maximumLength && target.length > 0) {
                sources.add(source);
                targets.add(target);
                words += TextSample.words(pair.target());
            }
        }
        return new PairSample(EncodedCorpus.ofPairs(prefixId, sources, targets), words, pairs.size() - sources.size());
    }

    /** A batch of pairs as a translation network takes it. */
    public static TokenBatch tokens(Batch batch) {
        return new TokenBatch(
                new PaddedIds(batch.source(), batch.sourceLengths(), batch.rows(), batch.sourceWidth()),
                new PaddedIds(batch.targetInput(), batch.targetLengths(), batch.rows(), batch.targetWidth()),
                new PaddedIds(batch.targetOutput(), batch.targetLengths(), batch.rows(), batch.targetWidth()));
    }
}
