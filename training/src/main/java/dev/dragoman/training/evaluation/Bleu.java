package dev.dragoman.training.evaluation;

import java.util.List;

/**
 * BLEU: the geometric mean of the precisions of word n-grams of length 1 to 4, times a penalty for short output.
 *
 * <p>{@code BLEU = 100 · min(1, exp(1 - r / h)) · exp(Σ ln p_n / 4)}, where h and r are the numbers of words of all hypotheses and
 * references (Papineni et al. 2002). Of several references, an n-gram counts as often as in the one that has it most often, and r is the
 * length that is nearest to the hypothesis, the shorter of two.
 */
public final class Bleu implements Metric {
    /** sacreBLEU's default: 13a, cased, {@link Smoothing#EXPONENTIAL}. */
    public static final Bleu DEFAULT = new Bleu(new Tokenizer13a(), false, Smoothing.EXPONENTIAL, false);

    private final WordTokenizer tokenizer;
    private final boolean lowerCase;
    private final Smoothing smoothing;
    private final boolean effectiveOrder;

    /**
     * BLEU with settings.
     *
     * @param lowerCase whether case does not count
     * @param effectiveOrder leave n-gram lengths out that no hypothesis is long enough for; meant for sentences
     */
    public Bleu(WordTokenizer tokenizer, boolean lowerCase, Smoothing smoothing, boolean effectiveOrder) {
        this.tokenizer = tokenizer;
        this.lowerCase = lowerCase;
        this.smoothing = smoothing;
        this.effectiveOrder = effectiveOrder;
    }

    /**
     * Default BLEU of a corpus; not the mean over its sentences.
     *
     * @throws IllegalArgumentException if the lists differ in length or are empty
     */
    public static Score ofCorpus(List<String> hypotheses, List<String> references) {
        return CorpusStatistics.of(DEFAULT, hypotheses, List.of(references)).score();
    }

    /** Default BLEU of one sentence, over the n-gram lengths that it has; a rough guide, since BLEU is made for corpora. */
    public static Score ofSentence(String hypothesis, String reference) {
        return CorpusStatistics.of(DEFAULT.ofSentences(), List.of(hypothesis), List.of(List.of(reference)))
                .score();
    }

    @Override
    public String name() {
        return "BLEU";
    }

    @Override
    public double[] statistics(String hypothesis, List<String> references) {
        return WordStatistics.of(
                words(hypothesis), references.stream().map(this::words).toList());
    }

    private List<String> words(String segment) {
        return tokenizer.tokenize(Whitespace.stripTrailing(lowerCase ? LowerCase.of(segment) : segment));
    }

    /** The score with all that it is made of. */
    public BleuScore breakdown(double[] sums, Rounding rounding) {
        return BleuScore.of(sums, smoothing, effectiveOrder, rounding);
    }

    @Override
    public double score(double[] sums, Rounding rounding) {
        return breakdown(sums, rounding).score();
    }

    @Override
    public String details(double[] sums) {
        return breakdown(sums, Rounding.DOUBLE).details();
    }

    @Override
    public boolean samplesInSingle() {
        return false;
    }

    @Override
    public Signature signature(int references) {
        return Signature.of(
                references,
                "case",
                Signature.letterCase(lowerCase),
                "eff",
                Signature.yesOrNo(effectiveOrder),
                "tok",
                tokenizer.name(),
                "smooth",
                smoothing.toString());
    }

    @Override
    public Bleu ofSentences() {
        return new Bleu(tokenizer, lowerCase, smoothing, true);
    }
}
