package dev.dragoman.training.data;

import dev.dragoman.tokenizer.Vocabulary;

/**
 * The control pieces that frame every sentence of a batch.
 *
 * @param padId fills rows that are shorter than the longest
 * @param bosId begins the target that the decoder reads
 * @param eosId ends every source and the target that the decoder shall predict
 */
public record SpecialIds(int padId, int bosId, int eosId) {
    /** Those of a vocabulary. */
    public static SpecialIds of(Vocabulary vocabulary) {
        return new SpecialIds(vocabulary.padId(), vocabulary.bosId(), vocabulary.eosId());
    }
}
