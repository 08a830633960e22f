package dev.dragoman.inference;

import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.checkpoint.ShortlistFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells which pieces the translation of a sentence may have, so that the softmax need not look at the others: those that are always allowed, those
 * that each piece of the source allows, and the pieces of the source themselves, since names and numbers are copied.
 *
 * <p>Off where the property {@code dragoman.shortlists} is {@code none}: then every translation may have every piece.
 *
 * <p>Made of a table of one direction, see {@link ShortlistFile}. Immutable, safe for use by many threads.
 */
public final class Shortlist {
    private static final int BITS = Long.SIZE;
    private static final String CHOICE = "dragoman.shortlists";

    /** The pieces that are always allowed, a bit each. */
    private final long[] always;
    /** What the pieces allow, one list after the other. */
    private final int[] allowed;
    /** Where the list of each piece begins, and where the last ends. */
    private final int[] starts;

    /**
     * Whether the property does not switch them off.
     *
     * @throws IllegalStateException if it is neither {@code auto}, the default, nor {@code none}
     */
    static boolean areWanted() {
        String choice = System.getProperty(CHOICE, "auto");
        if (!choice.equals("auto") && !choice.equals("none")) {
            throw new IllegalStateException(CHOICE + " must be auto or none, but is " + choice);
        }
        return choice.equals("auto");
    }

    /** Of a table of {@code perPiece.length} pieces. */
    public Shortlist(ShortlistFile.Table table) {
        int[][] perPiece = table.perPiece();
        always = new long[(perPiece.length + BITS - 1) / BITS];
        for (int id : table.always()) {
            always[id / BITS] |= 1L << id;
        }
        starts = new int[perPiece.length + 1];
        for (int piece = 0; piece < perPiece.length; piece++) {
            starts[piece + 1] = Math.addExact(starts[piece], perPiece[piece].length);
        }
        allowed = new int[starts[perPiece.length]];
        for (int piece = 0; piece < perPiece.length; piece++) {
            System.arraycopy(perPiece[piece], 0, allowed, starts[piece], perPiece[piece].length);
        }
    }

    /**
     * Reads the shortlists of a model directory.
     *
     * @param pieces the model's SentencePiece model
     * @param vocabularySize number of its pieces
     * @param directions those that the model serves
     * @return one for each direction that the file has, of those that the model serves
     * @throws ModelFormatException if the file cannot be used, or was made for other pieces; the message names it
     */
    static Map<LanguagePair, Shortlist> read(
            Path file, Path pieces, int vocabularySize, Collection<LanguagePair> directions) {
        ShortlistFile content = ShortlistFile.read(file);
        if (content.vocabularySize() != vocabularySize) {
            throw new ModelFormatException(
                    file,
                    "was made for a vocabulary of " + content.vocabularySize() + " pieces, but the model has "
                            + vocabularySize + "; ./dragoman shortlist makes one for it");
        }
        String digest = ShortlistFile.piecesSha256(pieces);
        if (!content.piecesSha256().equals(digest)) {
            throw new ModelFormatException(
                    file,
                    "was made for other pieces: the SHA-256 of their " + ModelDirectory.PIECES + " was "
                            + content.piecesSha256() + ", but is " + digest
                            + "; ./dragoman shortlist makes one for these");
        }
        Map<LanguagePair, Shortlist> shortlists = new LinkedHashMap<>();
        for (ShortlistFile.Table table : content.tables()) {
            LanguagePair pair = new LanguagePair(table.source(), table.target());
            if (directions.contains(pair)) {
                shortlists.put(pair, new Shortlist(table));
            }
        }
        return shortlists;
    }

    /**
     * The pieces that a translation may have.
     *
     * @param source ids of the source's pieces, without control pieces; none for an empty sentence
     * @return their ids, ascending, each once
     * @throws IndexOutOfBoundsException if an id is outside the vocabulary
     */
    public int[] allowed(int[] source) {
        // A kilobyte for 8,000 pieces: cheaper to make anew than to share between threads.
        long[] marks = always.clone();
        for (int piece : source) {
            marks[piece / BITS] |= 1L << piece;
            for (int at = starts[piece]; at < starts[piece + 1]; at++) {
                marks[allowed[at] / BITS] |= 1L << allowed[at];
            }
        }
        return ids(marks);
    }

    private static int[] ids(long[] marks) {
        int[] ids = new int[Arrays.stream(marks).mapToInt(Long::bitCount).sum()];
        int size = 0;
        for (int word = 0; word < marks.length; word++) {
            for (long left = marks[word]; left != 0; left &= left - 1) {
                ids[size++] = word * BITS + Long.numberOfTrailingZeros(left);
            }
        }
        return ids;
    }
}
