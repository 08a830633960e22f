package dev.dragoman.training.evaluation;

import java.util.List;

/**
 * BLEU as {@code multi-bleu.perl} of Moses computes it, the number of most papers before sacreBLEU, Shazeer et al. 2017 among them.
 *
 * <p>The script takes the words as they stand between ASCII white space, so that the number depends on who tokenised the text, and how;
 * it lower-cases ASCII letters only, and smooths nothing, so that a corpus without a common 4-gram has the score 0. It can be compared
 * with other numbers of the same tokenisation only.
 */
public final class MultiBleu implements Metric {
    private final WordTokenizer tokenizer;
    private final boolean lowerCase;

    /**
     * Multi-BLEU with settings.
     *
     * @param tokenizer run on hypotheses and references first; what it yields is cut at ASCII white space
     * @param lowerCase the script's option {@code -lc}
     */
    public MultiBleu(WordTokenizer tokenizer, boolean lowerCase) {
        this.tokenizer = tokenizer;
        this.lowerCase = lowerCase;
    }

    /** The words of text that is tokenised already, as Perl's {@code split} finds them in bytes. */
    public static WordTokenizer asItStands() {
        return new AsciiSplit();
    }

    @Override
    public String name() {
        return "multi-BLEU";
    }

    @Override
    public double[] statistics(String hypothesis, List<String> references) {
        return WordStatistics.of(
                words(hypothesis), references.stream().map(this::words).toList());
    }

    private List<String> words(String segment) {
        List<String> words = tokenizer.tokenize(segment);
        return lowerCase ? words.stream().map(MultiBleu::lowerCase).toList() : words;
    }

    private static String lowerCase(String word) {
        StringBuilder lower = new StringBuilder(word);
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                lower.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return lower.toString();
    }

    @Override
    public double score(double[] sums, Rounding rounding) {
        return BleuScore.of(sums, Smoothing.NONE, false, rounding).score();
    }

    @Override
    public String details(double[] sums) {
        return BleuScore.of(sums, Smoothing.NONE, false, Rounding.DOUBLE).details();
    }

    @Override
    public boolean samplesInSingle() {
        return false;
    }

    @Override
    public Signature signature(int references) {
        return Signature.of(
                        references, "case", Signature.letterCase(lowerCase), "tok", tokenizer.name(), "smooth", "none")
                .equalTo("multi-bleu.perl");
    }

    private static final class AsciiSplit implements WordTokenizer {
        @Override
        public String name() {
            return "none";
        }

        @Override
        public List<String> tokenize(String segment) {
            String stripped = segment.replaceFirst("^[ \\t-\\r]+", "");
            return stripped.isEmpty() ? List.of() : List.of(stripped.split("[ \\t-\\r]+"));
        }
    }
}
