package dev.dragoman.app.sentences;

import java.util.Collection;

/**
 * When the sentences of a request, those that it had translated by one model, went through their stages: readings of the ticker in
 * nanoseconds. Sentences overlap, so a stage of all of them lasts from the first that entered it to the last that left it.
 *
 * @param sentences how many
 * @param tokens their source tokens
 * @param submitted when the first began to wait
 * @param begun when the first was taken from the queue
 * @param lastBegun when the last was
 * @param firstEncoded when the first was encoded; equal to {@code begun} where that was not told
 * @param lastEncoded when the last was; likewise
 * @param ended when the last translation was ready
 */
public record Stages(
        int sentences,
        int tokens,
        long submitted,
        long begun,
        long lastBegun,
        long firstEncoded,
        long lastEncoded,
        long ended) {
    /** Of sentences that have all been translated, at least one. */
    static Stages of(Collection<PendingSentence> sentences, long ended) {
        return new Stages(
                sentences.size(),
                sentences.stream().mapToInt(PendingSentence::tokens).sum(),
                sentences.stream().mapToLong(PendingSentence::submitted).min().orElse(ended),
                sentences.stream().mapToLong(PendingSentence::begun).min().orElse(ended),
                sentences.stream().mapToLong(PendingSentence::begun).max().orElse(ended),
                sentences.stream().mapToLong(PendingSentence::encoded).min().orElse(ended),
                sentences.stream().mapToLong(PendingSentence::encoded).max().orElse(ended),
                ended);
    }

    /** Whether it was told when sentences were encoded. */
    public boolean isEncodingKnown() {
        return lastEncoded > lastBegun;
    }
}
