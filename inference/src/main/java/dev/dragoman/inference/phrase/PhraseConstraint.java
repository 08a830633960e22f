package dev.dragoman.inference.phrase;

import dev.dragoman.inference.phrase.PhraseAutomaton.Begun;
import dev.dragoman.inference.phrase.WordBoundary.Kind;
import dev.dragoman.inference.search.TargetConstraint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Banned and required phrases of one sentence, followed through the text of its pieces.
 *
 * <p>A banned phrase is refused by the piece that completes it, as if a word ended behind every piece: otherwise a hypothesis could be forced to go
 * on with any letter, only to make another word of it. Within a required phrase and within the prefix, where it is known how the word goes on, it is refused
 * when the word ends indeed. A required phrase is met when its word ends; as long as it may still go on, it counts as met for a target that ends there.
 */
final class PhraseConstraint implements TargetConstraint {
    /**
     * What matters of the ids so far.
     *
     * @param forced ids of the prefix that are still to come
     * @param node of the automaton, before the mark that may follow
     * @param last kind of the last character
     * @param pending of {@link Spelling}
     * @param left how often each required phrase has still to be met
     */
    private record Key(int forced, int node, Kind last, int pending, List<Integer> left) {}

    /** A key and what is made of it. */
    private static final class State {
        final Key key;
        /** As {@link Key#left}, if the target ended here. */
        final List<Integer> leftAtEnd;

        final int met;
        int @Nullable [] wanted;
        int refusals = -1;

        State(Key key, List<Integer> leftAtEnd, int met) {
            this.key = key;
            this.leftAtEnd = leftAtEnd;
            this.met = met;
        }
    }

    private final Spelling spelling;
    private final PieceTexts pieces;
    private final int[] prefix;
    private final PhraseAutomaton automaton;
    private final List<RequiredPhrase> required;
    private final int[] completing;

    private final List<State> states = new ArrayList<>();
    private final Map<Key, Integer> numbers = new HashMap<>();

    /**
     * A constraint.
     *
     * @param prefix ids with which the target begins
     * @param automaton of the banned and the required phrases
     * @param required in the order of the automaton
     * @param completing the ids that can complete a banned phrase, in whatever state
     */
    PhraseConstraint(
            PieceTexts pieces,
            int[] prefix,
            PhraseAutomaton automaton,
            List<RequiredPhrase> required,
            int[] completing) {
        this.pieces = pieces;
        this.spelling = new Spelling(pieces);
        this.prefix = prefix;
        this.automaton = automaton;
        this.required = required;
        this.completing = completing;
        number(new Key(
                prefix.length,
                PhraseAutomaton.ROOT,
                Kind.SPACE,
                0,
                required.stream().map(RequiredPhrase::count).toList()));
    }

    /** Reads text on from a key; the key of what has been read, unless it is refused. */
    private final class Reader {
        int node;
        Kind last;
        List<Integer> left;
        boolean isRefused;

        Reader(Key from) {
            node = from.node();
            last = from.last();
            left = from.left();
        }

        void read(int codePoint) {
            if (last == Kind.SPACE && codePoint == ' ') {
                return;
            }
            int symbol = WordBoundary.between(last, codePoint);
            if (symbol != WordBoundary.NOTHING) {
                step(symbol);
            }
            step(codePoint);
            last = WordBoundary.kind(codePoint);
        }

        private void step(int symbol) {
            node = automaton.step(node, symbol);
            isRefused |= automaton.bannedLength(node) > 0;
            left = without(left, automaton.ended(node));
        }
    }

    private static List<Integer> without(List<Integer> left, Set<Integer> ended) {
        if (ended.stream().noneMatch(phrase -> left.get(phrase) > 0)) {
            return left;
        }
        List<Integer> fewer = new ArrayList<>(left);
        ended.forEach(phrase -> fewer.set(phrase, Math.max(0, fewer.get(phrase) - 1)));
        return fewer;
    }

    private @Nullable Key read(Key from, int id) {
        Reader reader = new Reader(from);
        int pending = spelling.read(from.pending(), id, reader::read);
        int forced = Math.max(0, from.forced() - 1);
        boolean isRefused = reader.isRefused || (forced == 0 && wouldEndBanned(reader));
        return isRefused ? null : new Key(forced, reader.node, reader.last, pending, reader.left);
    }

    /** Whether a banned phrase is there if the word ends now, and no required phrase that has begun says that it does not. */
    private boolean wouldEndBanned(Reader reader) {
        int banned = automaton.bannedLength(automaton.step(reader.node, WordBoundary.MARK));
        return banned > 0
                && automaton.begun(reader.node).stream()
                        .noneMatch(begun -> begun.offset() >= banned && reader.left.get(begun.phrase()) > 0);
    }

    private int number(Key key) {
        Integer known = numbers.get(key);
        if (known != null) {
            return known;
        }
        List<Integer> leftAtEnd = without(key.left(), automaton.ended(automaton.step(key.node(), WordBoundary.MARK)));
        int met = 0;
        for (int i = 0; i < required.size(); i++) {
            met += (required.get(i).count() - leftAtEnd.get(i))
                    * required.get(i).tokens();
        }
        met += automaton.begun(key.node()).stream()
                .filter(begun -> leftAtEnd.get(begun.phrase()) > 0)
                .mapToInt(begun -> required.get(begun.phrase()).metAt()[begun.offset()])
                .max()
                .orElse(0);
        states.add(new State(key, leftAtEnd, met));
        numbers.put(key, states.size() - 1);
        return states.size() - 1;
    }

    @Override
    public int[] prefix() {
        return prefix;
    }

    @Override
    public int next(int state, int id) {
        Key next = read(states.get(state).key, id);
        return next == null ? REFUSED : number(next);
    }

    @Override
    public int refusals(int state) {
        State of = states.get(state);
        if (of.refusals < 0) {
            of.refusals = (int) Arrays.stream(completing)
                    .filter(id -> read(of.key, id) == null)
                    .count();
        }
        return of.refusals;
    }

    @Override
    public int[] wanted(int state) {
        State of = states.get(state);
        int[] wanted = of.wanted;
        if (wanted == null) {
            wanted = wanted(of, state == START);
            of.wanted = wanted;
        }
        return wanted;
    }

    private int[] wanted(State state, boolean isStart) {
        Set<Integer> ids = new LinkedHashSet<>();
        int pending = state.key.pending();
        for (Begun begun : automaton.begun(state.key.node())) {
            if (state.leftAtEnd.get(begun.phrase()) > 0) {
                RequiredPhrase phrase = required.get(begun.phrase());
                ids.add(
                        pending == 0
                                ? phrase.nextAt()[begun.offset()]
                                : pieces.byteBehind(pending, phrase.text()[begun.offset()]));
            }
        }
        for (int i = 0; i < required.size(); i++) {
            if (state.leftAtEnd.get(i) > 0) {
                int nextByte = pending == 0
                        ? -1
                        : pieces.byteBehind(pending, required.get(i).text()[0]);
                if (nextByte >= 0) {
                    ids.add(nextByte);
                } else {
                    Arrays.stream(required.get(i).beginnings(state.key.last(), isStart))
                            .forEach(ids::add);
                }
            }
        }
        return ids.stream().filter(id -> id >= 0).mapToInt(Integer::intValue).toArray();
    }

    @Override
    public int required() {
        return required.stream()
                .mapToInt(phrase -> phrase.count() * phrase.tokens())
                .sum();
    }

    @Override
    public int met(int state) {
        return states.get(state).met;
    }

    @Override
    public int missing(int state) {
        return states.get(state).leftAtEnd.stream().mapToInt(Integer::intValue).sum();
    }
}
