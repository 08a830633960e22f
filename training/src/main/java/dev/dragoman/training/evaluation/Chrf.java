package dev.dragoman.training.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * chrF: the F-score of character n-grams, and in chrF+ and chrF++ of word n-grams besides.
 *
 * <p>{@code chrF = 100 · (1 + β²) · P · R / (β² · P + R)}, where P and R are the means of precision and recall over the n-gram lengths
 * that both sides have ({@code eff:yes}; Popović 2015 and 2017, with n-grams counted over the whole corpus). Characters are code points.
 * Of several references, a segment counts with the one that it scores best against.
 */
public final class Chrf implements Metric {
    /** sacreBLEU's default, chrF2: characters up to 6, no words, recall twice as important as precision. */
    public static final Chrf DEFAULT = new Chrf(6, 0, 2, false, false);
    /** Numbers per n-gram length: in the hypothesis, in the reference, in both. */
    private static final int COUNTS = 3;

    private final int characterOrders;
    private final int wordOrders;
    private final int beta;
    private final boolean lowerCase;
    private final boolean whitespace;

    /**
     * chrF with settings.
     *
     * @param characterOrders longest n-gram of characters, at least 1
     * @param wordOrders longest n-gram of words; 0 is chrF, 2 is chrF++
     * @param beta how much more important recall is than precision, at least 1
     * @param lowerCase whether case does not count
     * @param whitespace whether white space counts as characters
     */
    public Chrf(int characterOrders, int wordOrders, int beta, boolean lowerCase, boolean whitespace) {
        this.characterOrders = characterOrders;
        this.wordOrders = wordOrders;
        this.beta = beta;
        this.lowerCase = lowerCase;
        this.whitespace = whitespace;
    }

    /**
     * chrF2 of a corpus; not the mean over its sentences.
     *
     * @throws IllegalArgumentException if the lists differ in length or are empty
     */
    public static Score ofCorpus(List<String> hypotheses, List<String> references) {
        return CorpusStatistics.of(DEFAULT, hypotheses, List.of(references)).score();
    }

    /** chrF2 of one sentence. */
    public static Score ofSentence(String hypothesis, String reference) {
        return ofCorpus(List.of(hypothesis), List.of(reference));
    }

    @Override
    public String name() {
        return "chrF" + beta + "+".repeat(wordOrders);
    }

    @Override
    public double[] statistics(String hypothesis, List<String> references) {
        double[] best = new double[0];
        double bestScore = -1;
        for (String reference : references) {
            double[] statistics = statistics(hypothesis, reference);
            double score = score(statistics, Rounding.DOUBLE);
            if (score > bestScore) {
                best = statistics;
                bestScore = score;
            }
        }
        return best;
    }

    private double[] statistics(String hypothesis, String reference) {
        String left = lowerCase ? LowerCase.of(hypothesis) : hypothesis;
        String right = lowerCase ? LowerCase.of(reference) : reference;
        double[] statistics = new double[COUNTS * (characterOrders + wordOrders)];
        NgramIds characters = new NgramIds();
        count(characters, characters(left), characters(right), characterOrders, statistics, 0);
        if (wordOrders > 0) {
            NgramIds words = new NgramIds();
            int[] leftWords = words.symbols(words(left));
            int[] rightWords = words.symbols(words(right));
            count(words, leftWords, rightWords, wordOrders, statistics, COUNTS * characterOrders);
        }
        return statistics;
    }

    private static void count(NgramIds ids, int[] left, int[] right, int orders, double[] statistics, int offset) {
        int[][] leftNgrams = ids.of(left, orders);
        int[][] rightNgrams = ids.of(right, orders);
        int[] counts = ids.count(rightNgrams);
        for (int n = 0; n < orders; n++) {
            int at = offset + COUNTS * n;
            // sacreBLEU does not count what no reference could have confirmed.
            statistics[at] = rightNgrams[n].length == 0 ? 0 : leftNgrams[n].length;
            statistics[at + 1] = rightNgrams[n].length;
            statistics[at + 2] = NgramIds.matches(leftNgrams[n], counts);
        }
    }

    private int[] characters(String text) {
        return text.codePoints()
                .filter(c -> whitespace || !Whitespace.isWhitespace(c))
                .toArray();
    }

    /** Words with one punctuation mark cut off, behind or else in front. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : Whitespace.split(text)) {
            int last = word.length() - 1;
            if (word.codePointCount(0, word.length()) > 1 && isAsciiPunctuation(word.charAt(last))) {
                words.add(word.substring(0, last));
                words.add(word.substring(last));
            } else if (word.codePointCount(0, word.length()) > 1 && isAsciiPunctuation(word.charAt(0))) {
                words.add(word.substring(0, 1));
                words.add(word.substring(1));
            } else {
                words.add(word);
            }
        }
        return words;
    }

    private static boolean isAsciiPunctuation(char c) {
        return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
    }

    @Override
    public double score(double[] sums, Rounding rounding) {
        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (int i = 0; i < sums.length; i += COUNTS) {
            if (sums[i] > 0 && sums[i + 1] > 0) {
                precision = rounding.of(precision + rounding.of(sums[i + 2] / sums[i]));
                recall = rounding.of(recall + rounding.of(sums[i + 2] / sums[i + 1]));
                orders++;
            }
        }
        if (precision + recall == 0) {
            return 0;
        }
        precision = rounding.of(precision / orders);
        recall = rounding.of(recall / orders);
        int factor = beta * beta;
        double product = rounding.of(rounding.of((1 + factor) * precision) * recall);
        return rounding.of(100 * rounding.of(product / rounding.of(rounding.of(factor * precision) + recall)));
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
                Signature.letterCase(lowerCase),
                "eff",
                "yes",
                "nc",
                Integer.toString(characterOrders),
                "nw",
                Integer.toString(wordOrders),
                "space",
                Signature.yesOrNo(whitespace));
    }
}
