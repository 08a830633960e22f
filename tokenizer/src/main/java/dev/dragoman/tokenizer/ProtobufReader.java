package dev.dragoman.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one protocol buffer message in the order in which they are stored.
 *
 * <p>The part of the wire format that a SentencePiece model needs: varints, 32- and 64-bit numbers and length-delimited fields; groups
 * were given up before SentencePiece existed. Every read is checked against the end of the message.
 */
final class ProtobufReader {
    static final int VARINT = 0;
    static final int FIXED_64 = 1;
    static final int DELIMITED = 2;
    static final int FIXED_32 = 5;

    private final ByteBuffer bytes;
    private int wireType;

    ProtobufReader(ByteBuffer message) {
        this.bytes = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Moves to the next field and returns its number, or 0 at the end of the message. */
    int nextField() throws MalformedMessageException {
        if (!bytes.hasRemaining()) {
            return 0;
        }
        int start = bytes.position();
        long tag = varint();
        long field = tag >>> 3;
        wireType = (int) (tag & 7);
        if (field < 1 || field >= 1 << 29) {
            throw new MalformedMessageException("no field number at byte " + start);
        }
        return (int) field;
    }

    /** The value of the current field, which must be a number of variable length. */
    long readVarint() throws MalformedMessageException {
        expect(VARINT);
        return varint();
    }

    /** The value of the current field, which must be a 32-bit floating point number. */
    float readFloat() throws MalformedMessageException {
        expect(FIXED_32);
        need(4);
        return bytes.getFloat();
    }

    /** The value of the current field, which must be a string. */
    String readString() throws MalformedMessageException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(delimited()).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedMessageException("a string that is not UTF-8 before byte " + bytes.position());
        }
    }

    /** The value of the current field, which must be a message. */
    ProtobufReader readMessage() throws MalformedMessageException {
        return new ProtobufReader(delimited());
    }

    /** Passes over the value of the current field. */
    void skip() throws MalformedMessageException {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED_64 -> {
                need(8);
                bytes.getLong();
            }
            case DELIMITED -> delimited();
            case FIXED_32 -> {
                need(4);
                bytes.getInt();
            }
            default ->
                throw new MalformedMessageException(
                        "unknown wire type " + wireType + " before byte " + bytes.position());
        }
    }

    private ByteBuffer delimited() throws MalformedMessageException {
        expect(DELIMITED);
        long length = varint();
        need(length);
        ByteBuffer value = bytes.slice(bytes.position(), (int) length);
        bytes.position(bytes.position() + (int) length);
        return value;
    }

    private long varint() throws MalformedMessageException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            need(1);
            byte next = bytes.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedMessageException("a number of more than ten bytes before byte " + bytes.position());
    }

    private void expect(int expected) throws MalformedMessageException {
        if (wireType != expected) {
            throw new MalformedMessageException(
                    "wire type " + wireType + " instead of " + expected + " before byte " + bytes.position());
        }
    }

    private void need(long count) throws MalformedMessageException {
        if (count < 0 || count > bytes.remaining()) {
            throw new MalformedMessageException(
                    "the end where " + Long.toUnsignedString(count) + " more bytes should be");
        }
    }

    /** The bytes are not a protocol buffer message, or end too early; the message says what was met and where. */
    static final class MalformedMessageException extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedMessageException(String message) {
            super(message);
        }
    }
}
