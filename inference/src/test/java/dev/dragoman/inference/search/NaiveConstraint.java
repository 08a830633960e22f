package dev.dragoman.inference.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A constraint over ids that remembers whole targets and looks through them anew every time.
 *
 * <p>A required phrase that is there twice has to occur twice; occurrences may overlap.
 */
final class NaiveConstraint implements TargetConstraint {
    private final List<Integer> prefix;
    private final List<List<Integer>> banned;
    private final List<List<Integer>> required;
    private final int vocabularySize;
    private final List<List<Integer>> states = new ArrayList<>(List.of(List.of()));
    private final Map<List<Integer>, Integer> numbers = new HashMap<>(Map.of(List.of(), START));

    NaiveConstraint(
            List<Integer> prefix, List<List<Integer>> banned, List<List<Integer>> required, int vocabularySize) {
        this.prefix = prefix;
        this.banned = banned;
        this.required = required;
        this.vocabularySize = vocabularySize;
    }

    /** Whether a whole target is one that may be. */
    boolean allows(List<Integer> target) {
        return target.size() >= prefix.size()
                && target.subList(0, prefix.size()).equals(prefix)
                && banned.stream().noneMatch(phrase -> Collections.indexOfSubList(target, phrase) >= 0)
                && missing(target) == 0;
    }

    private int missing(List<Integer> target) {
        return required.stream()
                .distinct()
                .mapToInt(phrase -> Math.max(0, Collections.frequency(required, phrase) - count(target, phrase)))
                .sum();
    }

    private static int count(List<Integer> target, List<Integer> phrase) {
        return (int) IntStream.rangeClosed(0, target.size() - phrase.size())
                .filter(from -> target.subList(from, from + phrase.size()).equals(phrase))
                .count();
    }

    /** Length of the longest proper beginning of a phrase with which a target ends. */
    private static int begun(List<Integer> target, List<Integer> phrase) {
        return IntStream.iterate(Math.min(phrase.size() - 1, target.size()), length -> length - 1)
                .filter(length ->
                        target.subList(target.size() - length, target.size()).equals(phrase.subList(0, length)))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public int[] prefix() {
        return prefix.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public int next(int state, int id) {
        List<Integer> target = new ArrayList<>(states.get(state));
        target.add(id);
        if (banned.stream().anyMatch(phrase -> endsWith(target, phrase))) {
            return REFUSED;
        }
        return numbers.computeIfAbsent(target, added -> {
            states.add(added);
            return states.size() - 1;
        });
    }

    private static boolean endsWith(List<Integer> target, List<Integer> phrase) {
        return target.size() >= phrase.size()
                && target.subList(target.size() - phrase.size(), target.size()).equals(phrase);
    }

    @Override
    public int refusals(int state) {
        return (int) IntStream.range(0, vocabularySize)
                .filter(id -> id != ScriptedSession.EOS && next(state, id) == REFUSED)
                .count();
    }

    @Override
    public int[] wanted(int state) {
        List<Integer> target = states.get(state);
        return required.stream()
                .distinct()
                .filter(phrase -> Collections.frequency(required, phrase) > count(target, phrase))
                .flatMap(phrase -> IntStream.rangeClosed(0, begun(target, phrase))
                        .filter(length -> endsWith(target, phrase.subList(0, length)))
                        .mapToObj(phrase::get))
                .distinct()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    @Override
    public int required() {
        return required.stream().mapToInt(List::size).sum();
    }

    @Override
    public int met(int state) {
        List<Integer> target = states.get(state);
        int met = 0;
        int begun = 0;
        for (List<Integer> phrase : required.stream().distinct().toList()) {
            int wanted = Collections.frequency(required, phrase);
            int there = Math.min(wanted, count(target, phrase));
            met += there * phrase.size();
            begun = there < wanted ? Math.max(begun, begun(target, phrase)) : begun;
        }
        return met + begun;
    }

    @Override
    public int missing(int state) {
        return missing(states.get(state));
    }
}
