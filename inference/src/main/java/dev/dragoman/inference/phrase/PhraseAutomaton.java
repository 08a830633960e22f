package dev.dragoman.inference.phrase;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds banned and required phrases in a text that is read symbol by symbol, code points and marks (Aho and Corasick 1975).
 *
 * <p>A node stands for the longest end of the text with which a phrase begins. Immutable.
 */
final class PhraseAutomaton {
    static final int ROOT = 0;

    /** A required phrase of whose beginning so many code points are there, some and not all. */
    record Begun(int phrase, int offset) {}

    private static final class Node {
        final Map<Integer, Integer> next = new HashMap<>();
        int fail;
        int bannedLength;
        final Set<Integer> ended = new LinkedHashSet<>();
        final Set<Begun> begun = new LinkedHashSet<>();
    }

    private final List<Node> nodes = new ArrayList<>(List.of(new Node()));

    /** All phrases without marks; none empty, and those that are required different from one another. */
    PhraseAutomaton(List<int[]> banned, List<int[]> required) {
        for (int[] phrase : banned) {
            // A model that must not write "the Server" would else write "theServer".
            for (int first : List.of(WordBoundary.MARK, WordBoundary.CASE)) {
                Node end = nodes.get(insert(WordBoundary.marked(phrase, first), phrase.length, -1));
                end.bannedLength = Math.max(end.bannedLength, phrase.length);
            }
        }
        for (int i = 0; i < required.size(); i++) {
            int[] phrase = required.get(i);
            nodes.get(insert(WordBoundary.marked(phrase, WordBoundary.MARK), phrase.length, i))
                    .ended
                    .add(i);
        }
        link();
    }

    private int insert(int[] symbols, int length, int number) {
        int at = ROOT;
        int offset = 0;
        for (int symbol : symbols) {
            Node node = nodes.get(at);
            Integer next = node.next.get(symbol);
            if (next == null) {
                next = nodes.size();
                node.next.put(symbol, next);
                nodes.add(new Node());
            }
            at = next;
            offset += symbol < 0 ? 0 : 1;
            if (number >= 0 && offset > 0 && offset < length) {
                nodes.get(at).begun.add(new Begun(number, offset));
            }
        }
        return at;
    }

    /** From the root outwards, so that what a node fails to is complete. */
    private void link() {
        ArrayDeque<Integer> open = new ArrayDeque<>(nodes.get(ROOT).next.values());
        while (!open.isEmpty()) {
            Node node = nodes.get(open.remove());
            Node shorter = nodes.get(node.fail);
            node.bannedLength = Math.max(node.bannedLength, shorter.bannedLength);
            node.ended.addAll(shorter.ended);
            node.begun.addAll(shorter.begun);
            node.next.forEach((symbol, next) -> {
                nodes.get(next).fail = step(node.fail, symbol);
                open.add(next);
            });
        }
    }

    /** The node behind one more symbol. */
    int step(int from, int symbol) {
        int at = from;
        while (true) {
            Integer next = nodes.get(at).next.get(symbol);
            if (next != null) {
                return next;
            }
            if (at == ROOT) {
                return ROOT;
            }
            at = nodes.get(at).fail;
        }
    }

    /** Code points of the longest banned phrase that ends at a node; 0 if none does. */
    int bannedLength(int node) {
        return nodes.get(node).bannedLength;
    }

    /** The required phrases that end at a node. */
    Set<Integer> ended(int node) {
        return nodes.get(node).ended;
    }

    /** The required phrases that a node is amid of. */
    Set<Begun> begun(int node) {
        return nodes.get(node).begun;
    }
}
