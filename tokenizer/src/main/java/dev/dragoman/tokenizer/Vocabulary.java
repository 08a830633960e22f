package dev.dragoman.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The pieces of a SentencePiece model, each with its id, score and type.
 *
 * <p>Read from the {@code .model} file by our own code: the native library does not tell its size, ends the JVM when asked for an id
 * outside it, and cuts pieces outside the Basic Multilingual Plane. Every vocabulary has the four special pieces {@code <pad>},
 * {@code <unk>}, {@code <s>} and {@code </s>}; which ids they have is the file's choice. Ids run from 0 to {@link #size()} - 1.
 *
 * <p>Immutable.
 */
public final class Vocabulary {
    /** One entry of the model file. */
    record Piece(String text, float score, PieceType type) {}

    private final List<Piece> pieces;
    private final Map<String, Integer> ids;
    private final int padId;
    private final int unkId;
    private final int bosId;
    private final int eosId;

    private Vocabulary(Path file, List<Piece> pieces) throws VocabularyFormatException {
        this.pieces = List.copyOf(pieces);
        this.ids = idsOf(file, pieces);
        this.padId = special(file, "<pad>", PieceType.CONTROL);
        this.unkId = special(file, "<unk>", PieceType.UNKNOWN);
        this.bosId = special(file, "<s>", PieceType.CONTROL);
        this.eosId = special(file, "</s>", PieceType.CONTROL);
    }

    /**
     * Reads the pieces of a SentencePiece model file.
     *
     * @throws VocabularyFormatException if the file is not a SentencePiece model, is cut short, lacks a special piece, or marks words
     *     in a way that is not decoded here; the message names the file
     * @throws IOException if the file cannot be read
     */
    public static Vocabulary read(Path modelFile) throws IOException {
        return parse(modelFile, Files.readAllBytes(modelFile));
    }

    /** As {@link #read}, with the content of the file at hand; {@code modelFile} is for messages only. */
    static Vocabulary parse(Path modelFile, byte[] content) throws VocabularyFormatException {
        return new Vocabulary(modelFile, ModelFileReader.pieces(modelFile, content));
    }

    /** The number of pieces, special ones included; one more than the highest id. */
    public int size() {
        return pieces.size();
    }

    /**
     * The piece with this id.
     *
     * @throws IllegalArgumentException if there is none
     */
    public String piece(int id) {
        return entry(id).text();
    }

    /**
     * What the piece with this id stands for.
     *
     * @throws IllegalArgumentException if there is none
     */
    public PieceType type(int id) {
        return entry(id).type();
    }

    /**
     * The natural-log probability of the piece in the unigram model; 0 for a piece that has none, such as a control piece.
     *
     * @throws IllegalArgumentException if there is no piece with this id
     */
    public float score(int id) {
        return entry(id).score();
    }

    /**
     * Whether the piece with this id is a mark without text.
     *
     * @throws IllegalArgumentException if there is none
     */
    public boolean isControl(int id) {
        return type(id) == PieceType.CONTROL;
    }

    /** The id of a piece, control pieces such as {@code <2fr>} included; empty if the vocabulary does not have it. */
    public OptionalInt idOf(String piece) {
        Integer id = ids.get(piece);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** The id that fills up the short rows of a batch. */
    public int padId() {
        return padId;
    }

    /** The id of text that the vocabulary cannot spell. */
    public int unkId() {
        return unkId;
    }

    /** The id that starts a target, {@code <s>}. */
    public int bosId() {
        return bosId;
    }

    /** The id that ends a sentence, {@code </s>}. */
    public int eosId() {
        return eosId;
    }

    private Piece entry(int id) {
        if (id < 0 || id >= pieces.size()) {
            throw new IllegalArgumentException(
                    "id " + id + " is outside the vocabulary of " + pieces.size() + " pieces");
        }
        return pieces.get(id);
    }

    private static Map<String, Integer> idsOf(Path file, List<Piece> pieces) throws VocabularyFormatException {
        Map<String, Integer> ids = new HashMap<>(pieces.size() * 2);
        for (int id = 0; id < pieces.size(); id++) {
            String text = pieces.get(id).text();
            Integer former = ids.put(text, id);
            if (former != null) {
                throw new VocabularyFormatException(
                        file, "pieces " + former + " and " + id + " are both '" + text + "'");
            }
        }
        return Map.copyOf(ids);
    }

    private int special(Path file, String text, PieceType type) throws VocabularyFormatException {
        Integer id = ids.get(text);
        if (id == null || pieces.get(id).type() != type) {
            throw new VocabularyFormatException(
                    file,
                    "has no piece " + text + " of type " + type
                            + "; train it with --pad_id=0 --unk_id=1 --bos_id=2 --eos_id=3, as ./dragoman vocabulary does");
        }
        return id;
    }
}
