package dev.dragoman.tokenizer;

import dev.dragoman.tokenizer.ProtobufReader.MalformedMessageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the pieces out of a SentencePiece model file, and refuses a file whose pieces {@link PieceDecoder} would put together wrongly.
 *
 * <p>The file is one message of {@code sentencepiece_model.proto}: the pieces, then the specification of the trainer, then that of the
 * normaliser. Normalisation itself stays in the native library.
 */
final class ModelFileReader {
    private static final int PIECES = 1;
    private static final int TRAINER = 2;
    private static final int NORMALIZER = 3;

    private static final int PIECE_TEXT = 1;
    private static final int PIECE_SCORE = 2;
    private static final int PIECE_TYPE = 3;

    private static final int TRAINER_SPACE_AS_SUFFIX = 24;
    private static final int NORMALIZER_DUMMY_PREFIX = 3;
    private static final int NORMALIZER_ESCAPE_SPACE = 5;

    private final Path file;
    private final List<Vocabulary.Piece> pieces = new ArrayList<>();
    private boolean normalizerSeen;

    private ModelFileReader(Path file) {
        this.file = file;
    }

    /** The pieces in the order of their ids; {@code file} is for messages only. */
    static List<Vocabulary.Piece> pieces(Path file, byte[] content) throws VocabularyFormatException {
        ModelFileReader reader = new ModelFileReader(file);
        try {
            reader.readModel(new ProtobufReader(ByteBuffer.wrap(content)));
        } catch (MalformedMessageException e) {
            throw new VocabularyFormatException(
                    file, "not a SentencePiece model, or cut short (" + e.getMessage() + ")", e);
        }
        if (reader.pieces.isEmpty()) {
            throw new VocabularyFormatException(file, "not a SentencePiece model (it has no pieces)");
        }
        if (!reader.normalizerSeen) {
            // The last part of a model, so that a file cut between two fields is noticed as well.
            throw new VocabularyFormatException(
                    file, "a SentencePiece model without normalisation rules; is it cut short?");
        }
        return reader.pieces;
    }

    private void readModel(ProtobufReader model) throws MalformedMessageException, VocabularyFormatException {
        for (int field = model.nextField(); field != 0; field = model.nextField()) {
            switch (field) {
                case PIECES -> pieces.add(readPiece(model.readMessage()));
                case TRAINER -> readTrainer(model.readMessage());
                case NORMALIZER -> readNormalizer(model.readMessage());
                default -> model.skip();
            }
        }
    }

    private Vocabulary.Piece readPiece(ProtobufReader message)
            throws MalformedMessageException, VocabularyFormatException {
        String text = "";
        float score = 0;
        PieceType type = PieceType.NORMAL;
        for (int field = message.nextField(); field != 0; field = message.nextField()) {
            switch (field) {
                case PIECE_TEXT -> text = message.readString();
                case PIECE_SCORE -> score = message.readFloat();
                case PIECE_TYPE -> {
                    long number = message.readVarint();
                    type = PieceType.ofNumber(number);
                    if (type == null) {
                        throw new VocabularyFormatException(
                                file, "piece " + pieces.size() + " has the unknown type " + number);
                    }
                }
                default -> message.skip();
            }
        }
        if (text.isEmpty()) {
            throw new VocabularyFormatException(file, "piece " + pieces.size() + " is empty");
        }
        if (type == PieceType.BYTE && PieceDecoder.byteOf(text) < 0) {
            throw new VocabularyFormatException(
                    file, "piece " + pieces.size() + " stands for a byte but is written '" + text + "'");
        }
        return new Vocabulary.Piece(text, score, type);
    }

    private void readTrainer(ProtobufReader trainer) throws MalformedMessageException, VocabularyFormatException {
        for (int field = trainer.nextField(); field != 0; field = trainer.nextField()) {
            if (field == TRAINER_SPACE_AS_SUFFIX) {
                require(trainer.readVarint() == 0, "--treat_whitespace_as_suffix");
            } else {
                trainer.skip();
            }
        }
    }

    private void readNormalizer(ProtobufReader normalizer) throws MalformedMessageException, VocabularyFormatException {
        normalizerSeen = true;
        for (int field = normalizer.nextField(); field != 0; field = normalizer.nextField()) {
            switch (field) {
                case NORMALIZER_DUMMY_PREFIX -> require(normalizer.readVarint() != 0, "--add_dummy_prefix=false");
                case NORMALIZER_ESCAPE_SPACE -> require(normalizer.readVarint() != 0, "escape_whitespaces=false");
                default -> normalizer.skip();
            }
        }
    }

    private void require(boolean condition, String option) throws VocabularyFormatException {
        if (!condition) {
            throw new VocabularyFormatException(
                    file, "trained with " + option + ", but words must start with U+2581 as they do by default");
        }
    }
}
