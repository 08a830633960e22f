package dev.dragoman.inference.phrase;

import dev.dragoman.inference.TranslationConstraints;
import dev.dragoman.inference.phrase.WordBoundary.Kind;
import dev.dragoman.inference.search.TargetConstraint;
import dev.dragoman.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the constraint of a search out of text, for the pieces of one tokenizer. Safe for use by many threads.
 *
 * <p>What depends on the banned phrases alone is kept for the next sentence that has the same: it takes a look at every piece.
 */
public final class ConstraintCompiler {
    /** @param completing the ids that can complete one of them */
    private record Bans(List<String> phrases, List<int[]> texts, PhraseAutomaton automaton, int[] completing) {}

    private final Tokenizer tokenizer;
    private volatile @Nullable PieceTexts pieces;
    private volatile @Nullable Bans lastBans;

    /** Reads the vocabulary when it is first needed. */
    public ConstraintCompiler(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Compiles constraints for one sentence.
     *
     * @return null where the translation may be anything
     * @throws UnkeepableConstraintException if they cannot be kept: the prefix or a required phrase has a banned one in it, or the tokenizer cannot
     *     spell it; the message names which
     */
    public @Nullable TargetConstraint compile(TranslationConstraints constraints) {
        if (constraints.isEmpty()) {
            return null;
        }
        PieceTexts texts = pieces();
        Bans bans = bans(constraints.banned(), texts);
        int[] prefix = spelt("prefix", constraints.prefix());
        requireFree("prefix", text(prefix), bans);
        List<RequiredPhrase> required = required(constraints.required(), bans, texts);
        if (prefix.length == 0 && required.isEmpty() && bans.texts().isEmpty()) {
            return null;
        }
        PhraseAutomaton automaton = required.isEmpty()
                ? bans.automaton()
                : new PhraseAutomaton(
                        bans.texts(),
                        required.stream().map(RequiredPhrase::text).toList());
        return new PhraseConstraint(texts, prefix, automaton, required, bans.completing());
    }

    private PieceTexts pieces() {
        PieceTexts known = pieces;
        if (known == null) {
            known = PieceTexts.of(tokenizer.vocabulary());
            pieces = known;
        }
        return known;
    }

    private List<RequiredPhrase> required(List<String> phrases, Bans bans, PieceTexts texts) {
        Map<String, List<int[]>> spellings = new LinkedHashMap<>();
        for (int i = 0; i < phrases.size(); i++) {
            int[] ids = spelt("required[" + i + "]", phrases.get(i));
            int[] text = text(ids);
            requireFree("required[" + i + "]", text, bans);
            if (text.length > 0) {
                spellings
                        .computeIfAbsent(new String(text, 0, text.length), added -> new ArrayList<>())
                        .add(ids);
            }
        }
        return spellings.values().stream()
                .map(same -> RequiredPhrase.of(text(same.get(0)), same.get(0), same.size(), texts))
                .toList();
    }

    private int[] spelt(String name, String phrase) {
        int[] ids = tokenizer.encode(phrase);
        int unknown = tokenizer.vocabulary().unkId();
        if (Arrays.stream(ids).anyMatch(id -> id == unknown)) {
            throw new UnkeepableConstraintException(name, "has a character that the model cannot write");
        }
        return ids;
    }

    private int[] text(int[] ids) {
        return tokenizer.decode(ids).strip().codePoints().toArray();
    }

    private static void requireFree(String name, int[] text, Bans bans) {
        if (isBannedIn(text, bans.automaton())) {
            throw new UnkeepableConstraintException(name, "has a phrase in it that is in banned");
        }
    }

    private static boolean isBannedIn(int[] text, PhraseAutomaton automaton) {
        int node = PhraseAutomaton.ROOT;
        Kind last = Kind.SPACE;
        boolean isBanned = false;
        for (int codePoint : text) {
            int symbol = WordBoundary.between(last, codePoint);
            if (symbol != WordBoundary.NOTHING) {
                node = automaton.step(node, symbol);
                isBanned |= automaton.bannedLength(node) > 0;
            }
            node = automaton.step(node, codePoint);
            isBanned |= automaton.bannedLength(node) > 0;
            last = WordBoundary.kind(codePoint);
        }
        return isBanned || automaton.bannedLength(automaton.step(node, WordBoundary.MARK)) > 0;
    }

    private Bans bans(List<String> phrases, PieceTexts texts) {
        Bans last = lastBans;
        if (last != null && last.phrases().equals(phrases)) {
            return last;
        }
        int unknown = tokenizer.vocabulary().unkId();
        List<int[]> banned = new ArrayList<>();
        for (String phrase : phrases) {
            int[] ids = tokenizer.encode(phrase);
            int[] text = text(ids);
            // What the model cannot write needs no ban.
            if (text.length > 0 && Arrays.stream(ids).noneMatch(id -> id == unknown)) {
                banned.add(text);
            }
        }
        Bans bans = new Bans(phrases, banned, new PhraseAutomaton(banned, List.of()), completing(banned, texts));
        lastBans = bans;
        return bans;
    }

    /** The ids whose text, up to some place in it, is the end of a banned phrase or ends with one. */
    static int[] completing(List<int[]> banned, PieceTexts texts) {
        if (banned.isEmpty()) {
            return new int[0];
        }
        Set<String> ends = new HashSet<>();
        Set<String> whole = new HashSet<>();
        Set<Integer> lengths = new HashSet<>();
        Set<Integer> lastBytes = new HashSet<>();
        for (int[] phrase : banned) {
            String text = new String(phrase, 0, phrase.length);
            whole.add(text);
            lengths.add(phrase.length);
            for (int from = 0; from < phrase.length; from++) {
                ends.add(new String(phrase, from, phrase.length - from));
            }
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            lastBytes.add(utf8[utf8.length - 1] & 0xFF);
        }
        return IntStream.range(0, texts.size())
                .filter(id -> lastBytes.contains(texts.byteOf(id)) || completes(texts.text(id), ends, whole, lengths))
                .toArray();
    }

    private static boolean completes(int[] text, Set<String> ends, Set<String> whole, Set<Integer> lengths) {
        for (int end = 1; end <= text.length; end++) {
            if (ends.contains(new String(text, 0, end))) {
                return true;
            }
            for (int length : lengths) {
                if (length < end && whole.contains(new String(text, end - length, length))) {
                    return true;
                }
            }
        }
        return false;
    }
}
