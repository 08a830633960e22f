package dev.dragoman.training.shortlist;

import dev.dragoman.model.checkpoint.ShortlistFile;
import dev.dragoman.tokenizer.PieceType;
import dev.dragoman.tokenizer.Vocabulary;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Chooses the target pieces that each source piece allows, by a {@link LexicalModel}, and those that are always allowed. */
public final class ShortlistTable {
    /** Less probable translations are noise at any setting; without them there are at most so many per source piece as one over it. */
    private static final double LEAST_PROBABILITY = 1e-5;

    private final LexicalModel model;
    private final Vocabulary vocabulary;
    private final boolean[] always;

    private ShortlistTable(LexicalModel model, Vocabulary vocabulary, boolean[] always) {
        this.model = model;
        this.vocabulary = vocabulary;
        this.always = always;
    }

    /**
     * Makes the table of a direction.
     *
     * <p>Always allowed are, beside the frequent pieces: the end of a sentence, and all that words are spelt with where no longer piece is allowed,
     * as far as the targets have it, which are single characters, bytes and the unknown piece. A source piece also allows itself; since that needs no
     * list, it is in none.
     *
     * @param model of the direction
     * @param targetCounts {@code [V]}, how often each piece occurs in the targets
     * @param source ISO 639-1 code
     * @param target ISO 639-1 code
     */
    public static ShortlistFile.Table of(
            LexicalModel model,
            long[] targetCounts,
            Vocabulary vocabulary,
            String source,
            String target,
            ShortlistOptions options) {
        boolean[] always = always(targetCounts, vocabulary, options.frequent());
        int[] ids = IntStream.range(0, always.length).filter(id -> always[id]).toArray();
        int[][] perPiece = new ShortlistTable(model, vocabulary, always).perPiece(options);
        return new ShortlistFile.Table(source, target, ids, perPiece);
    }

    private static boolean[] always(long[] counts, Vocabulary vocabulary, int frequent) {
        boolean[] always = new boolean[vocabulary.size()];
        IntStream.range(0, always.length)
                .filter(id -> counts[id] > 0)
                .boxed()
                .sorted(Comparator.comparingLong((Integer id) -> -counts[id]).thenComparing(id -> id))
                .limit(frequent)
                .forEach(id -> always[id] = true);
        for (int id = 0; id < always.length; id++) {
            always[id] |= counts[id] > 0 && isForSpelling(id, vocabulary);
        }
        always[vocabulary.eosId()] = true;
        return always;
    }

    private static boolean isForSpelling(int id, Vocabulary vocabulary) {
        PieceType type = vocabulary.type(id);
        String piece = vocabulary.piece(id);
        return type == PieceType.BYTE || type == PieceType.UNKNOWN || piece.codePointCount(0, piece.length()) == 1;
    }

    private int[][] perPiece(ShortlistOptions options) {
        int[] starts = new int[vocabulary.size() + 1];
        forEach((source, entry) -> starts[source + 1]++);
        for (int source = 0; source < vocabulary.size(); source++) {
            starts[source + 1] = Math.addExact(starts[source], starts[source + 1]);
        }
        long[] entries = new long[starts[vocabulary.size()]];
        int[] next = starts.clone();
        forEach((source, entry) -> entries[next[source]++] = entry);
        int[][] lists = new int[vocabulary.size()][];
        for (int source = 0; source < lists.length; source++) {
            Arrays.sort(entries, starts[source], starts[source + 1]);
            lists[source] = list(source, entries, starts[source], starts[source + 1], options);
        }
        return lists;
    }

    /** The best of the entries, as far as they have to be stored. */
    private int[] list(int source, long[] entries, int from, int to, ShortlistOptions options) {
        int[] list = new int[Math.min(to - from, options.perPiece())];
        int size = 0;
        double mass = 0;
        for (int i = from; i < to && i - from < options.perPiece() && mass < options.mass(); i++) {
            mass += probability(entries[i]);
            int target = (int) entries[i];
            if (!always[target] && target != source) {
                list[size++] = target;
            }
        }
        int[] stored = Arrays.copyOf(list, size);
        Arrays.sort(stored);
        return stored;
    }

    private interface Entries {
        void take(int source, long entry);
    }

    /**
     * Tells of all translations that are not noise, as numbers that sort by falling probability, then by rising id: the probability's bits, which rise
     * with it, turned round, and behind them the target's id.
     */
    private void forEach(Entries entries) {
        for (int target = 0; target < vocabulary.size(); target++) {
            int id = target;
            model.forEachSource(target, (source, count) -> {
                float probability = (float) (count / model.count(source));
                if (probability >= LEAST_PROBABILITY) {
                    entries.take(source, (long) ~Float.floatToIntBits(probability) << Integer.SIZE | id);
                }
            });
        }
    }

    private static float probability(long entry) {
        return Float.intBitsToFloat(~(int) (entry >> Integer.SIZE));
    }
}
