package dev.dragoman.training.evaluation;

import java.util.List;

/**
 * TER, the translation edit rate: the edits that a translation needs to become a reference, in percent of the reference's words.
 * Inserting, deleting or replacing a word is an edit, and so is moving a stretch of words (Snover et al. 2006). Lower is better.
 *
 * <p>Of several references the one with the fewest edits counts, over the mean length of all.
 */
public final class Ter implements Metric {
    private final boolean normalized;
    private final boolean noPunctuation;
    private final boolean asianSupport;
    private final boolean caseSensitive;
    private final WordTokenizer tokenizer;

    /**
     * TER with sacreBLEU's options, all of which are off by default.
     *
     * @param normalized cut punctuation off words
     * @param noPunctuation leave punctuation out
     * @param asianSupport do both for Chinese and Japanese characters as well
     * @param caseSensitive whether case counts
     */
    public Ter(boolean normalized, boolean noPunctuation, boolean asianSupport, boolean caseSensitive) {
        this.normalized = normalized;
        this.noPunctuation = noPunctuation;
        this.asianSupport = asianSupport;
        this.caseSensitive = caseSensitive;
        tokenizer = new TercomTokenizer(normalized, noPunctuation, asianSupport, caseSensitive);
    }

    @Override
    public String name() {
        return "TER";
    }

    /** The fewest edits, and the mean length of the references. */
    @Override
    public double[] statistics(String hypothesis, List<String> references) {
        NgramIds ids = new NgramIds();
        int[] words = ids.symbols(words(hypothesis));
        int edits = Integer.MAX_VALUE;
        int length = 0;
        for (String reference : references) {
            // sacreBLEU tokenises references twice, which is not the same with normalisation: "it's", no-break space,
            // "so" changes at both.
            int[] referenceWords = ids.symbols(words(String.join(" ", words(reference))));
            edits = Math.min(edits, new ShiftSearch(words, referenceWords).edits());
            length += referenceWords.length;
        }
        return new double[] {edits, (double) length / references.size()};
    }

    private List<String> words(String segment) {
        return tokenizer.tokenize(Whitespace.stripTrailing(segment));
    }

    @Override
    public double score(double[] sums, Rounding rounding) {
        if (sums[1] > 0) {
            return rounding.of(100 * rounding.of(sums[0] / sums[1]));
        }
        return sums[0] > 0 ? 100 : 0;
    }

    @Override
    public boolean samplesInSingle() {
        return true;
    }

    @Override
    public Signature signature(int references) {
        return Signature.of(
                references,
                "case",
                Signature.letterCase(!caseSensitive),
                "tok",
                tokenizer.name(),
                "norm",
                Signature.yesOrNo(normalized),
                "punct",
                Signature.yesOrNo(!noPunctuation),
                "asian",
                Signature.yesOrNo(asianSupport));
    }
}
