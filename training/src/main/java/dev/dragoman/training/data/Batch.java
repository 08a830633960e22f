package dev.dragoman.training.data;

import java.util.Arrays;

/**
 * Sentence pairs that run together, padded to common lengths.
 *
 * <p>The arrays are the batch's own and are not copied; nobody changes them.
 *
 * @param rows B
 * @param sourceWidth S, the longest source of the batch
 * @param targetWidth T, the longest target of the batch
 * @param source {@code [B * S]}: the prefix that names the target language if there is one, the pieces, {@code eosId}, then pads
 * @param sourceLengths {@code [B]}: ids of each source, prefix and {@code eosId} included
 * @param targetInput {@code [B * T]}: {@code bosId}, the pieces, then pads; what the decoder reads
 * @param targetOutput {@code [B * T]}: the pieces, {@code eosId}, then pads; what it shall predict at the same place
 * @param targetLengths {@code [B]}: ids of each target, {@code bosId} or {@code eosId} included
 * @param pairs {@code [B]}: numbers of the pairs in the {@link EncodedCorpus}
 * @param sourceTokens sum of {@code sourceLengths}
 * @param targetTokens sum of {@code targetLengths}
 */
@SuppressWarnings("ArrayRecordComponent") // tensors are made of these arrays; a list would box each id
public record Batch(
        int rows,
        int sourceWidth,
        int targetWidth,
        int[] source,
        int[] sourceLengths,
        int[] targetInput,
        int[] targetOutput,
        int[] targetLengths,
        int[] pairs,
        int sourceTokens,
        int targetTokens) {

    /** Builds the batch of the given pairs, in the given order. */
    static Batch of(EncodedCorpus corpus, SpecialIds special, int[] pairs) {
        int rows = pairs.length;
        int[] sourceLengths = new int[rows];
        int[] targetLengths = new int[rows];
        int sourceWidth = 0;
        int targetWidth = 0;
        int sourceTokens = 0;
        int targetTokens = 0;
        for (int row = 0; row < rows; row++) {
            sourceLengths[row] = sourceLength(corpus, pairs[row]);
            targetLengths[row] = targetLength(corpus, pairs[row]);
            sourceWidth = Math.max(sourceWidth, sourceLengths[row]);
            targetWidth = Math.max(targetWidth, targetLengths[row]);
            sourceTokens += sourceLengths[row];
            targetTokens += targetLengths[row];
        }
        int[] source = filled(rows * sourceWidth, special.padId());
        int[] targetInput = filled(rows * targetWidth, special.padId());
        int[] targetOutput = filled(rows * targetWidth, special.padId());
        for (int row = 0; row < rows; row++) {
            int pair = pairs[row];
            int at = row * sourceWidth;
            source[at + sourceLengths[row] - 1] = special.eosId();
            if (corpus.part(pair).prefixId().isPresent()) {
                source[at++] = corpus.part(pair).prefixId().getAsInt();
            }
            corpus.copySource(pair, source, at);
            int start = row * targetWidth;
            targetInput[start] = special.bosId();
            corpus.copyTarget(pair, targetInput, start + 1);
            corpus.copyTarget(pair, targetOutput, start);
            targetOutput[start + targetLengths[row] - 1] = special.eosId();
        }
        return new Batch(
                rows,
                sourceWidth,
                targetWidth,
                source,
                sourceLengths,
                targetInput,
                targetOutput,
                targetLengths,
                pairs,
                sourceTokens,
                targetTokens);
    }

    /** Length of a pair's source in a batch, control pieces included. */
    static int sourceLength(EncodedCorpus corpus, int pair) {
        return corpus.sourceLength(pair) + (corpus.part(pair).prefixId().isPresent() ? 2 : 1);
    }

    /** Length of a pair's target in a batch, one control piece included. */
    static int targetLength(EncodedCorpus corpus, int pair) {
        return corpus.targetLength(pair) + 1;
    }

    private static int[] filled(int length, int id) {
        int[] ids = new int[length];
        Arrays.fill(ids, id);
        return ids;
    }
}
