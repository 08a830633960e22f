package dev.dragoman.benchmark;

import dev.dragoman.inference.phrase.Glossary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A glossary made of a corpus: pairs of words that are in the same sentences.
 *
 * <p>Words have letters alone, {@value #LEAST_LETTERS} at least. A pair is one of which each word is the other's best by Dice's coefficient, {@code 2 n(s,t) / (n(s) +
 * n(t))} over numbers of sentences, which is {@value #LEAST_DICE} at least, the pair being in {@value #LEAST_SENTENCES} sentences or more. Words that are the same on
 * both sides are left out: a model copies them.
 */
final class TermPairs {
    private static final int LEAST_LETTERS = 4;
    private static final int LEAST_SENTENCES = 4;
    private static final double LEAST_DICE = 0.6;
    private static final Pattern NOT_LETTERS = Pattern.compile("[^\\p{L}\\p{M}]+");

    private record Pair(String source, String target) {}

    private TermPairs() {}

    /** The words of a text that are long enough, each once. */
    static Set<String> words(String text) {
        Set<String> words = new HashSet<>();
        for (String word : NOT_LETTERS.split(text)) {
            if (word.length() >= LEAST_LETTERS) {
                words.add(word);
            }
        }
        return words;
    }

    static List<Glossary.Term> of(List<String> sources, List<String> targets) {
        Map<String, Integer> ofSource = new HashMap<>();
        Map<String, Integer> ofTarget = new HashMap<>();
        Map<Pair, Integer> together = new HashMap<>();
        for (int i = 0; i < sources.size(); i++) {
            Set<String> source = words(sources.get(i));
            Set<String> target = words(targets.get(i));
            source.forEach(word -> ofSource.merge(word, 1, Integer::sum));
            target.forEach(word -> ofTarget.merge(word, 1, Integer::sum));
            source.forEach(one -> target.forEach(other -> together.merge(new Pair(one, other), 1, Integer::sum)));
        }
        Map<String, Double> bestOfSource = new HashMap<>();
        Map<String, Double> bestOfTarget = new HashMap<>();
        Map<Pair, Double> dice = new HashMap<>();
        together.forEach((pair, count) -> {
            double value =
                    2.0 * count / (ofSource.getOrDefault(pair.source(), 0) + ofTarget.getOrDefault(pair.target(), 0));
            bestOfSource.merge(pair.source(), value, Math::max);
            bestOfTarget.merge(pair.target(), value, Math::max);
            if (count >= LEAST_SENTENCES && value >= LEAST_DICE) {
                dice.put(pair, value);
            }
        });
        // By their sources, so that the order does not depend on hashes.
        Map<String, Glossary.Term> terms = new TreeMap<>();
        dice.forEach((pair, value) -> {
            if (!pair.source().equals(pair.target())
                    && value >= bestOfSource.getOrDefault(pair.source(), 0.0)
                    && value >= bestOfTarget.getOrDefault(pair.target(), 0.0)) {
                terms.merge(
                        pair.source(),
                        new Glossary.Term(pair.source(), pair.target()),
                        (one, other) -> one.target().compareTo(other.target()) < 0 ? one : other);
            }
        });
        return new ArrayList<>(terms.values());
    }
}
