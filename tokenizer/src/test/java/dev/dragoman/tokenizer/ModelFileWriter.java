package dev.dragoman.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes SentencePiece model files that no trainer would, to be read by tests. */
final class ModelFileWriter {
    static final int NORMAL = 1;
    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int BYTE = 6;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** A model with the four special pieces at ids 0 to 3. */
    static ModelFileWriter withSpecialPieces() {
        return new ModelFileWriter()
                .piece("<pad>", 0, CONTROL)
                .piece("<unk>", 0, UNKNOWN)
                .piece("<s>", 0, CONTROL)
                .piece("</s>", 0, CONTROL);
    }

    ModelFileWriter piece(String text, float score, int type) {
        return message(
                1, new ModelFileWriter().string(1, text).number32(2, score).varint(3, type));
    }

    /** A trainer specification with one number in it. */
    ModelFileWriter trainer(int field, long value) {
        return message(2, new ModelFileWriter().varint(field, value));
    }

    /** A normaliser specification with one number in it. */
    ModelFileWriter normalizer(int field, long value) {
        return message(3, new ModelFileWriter().varint(field, value));
    }

    /** A normaliser specification that leaves everything at its default. */
    ModelFileWriter normalizer() {
        return message(3, new ModelFileWriter());
    }

    ModelFileWriter message(int field, ModelFileWriter content) {
        return delimited(field, content.bytes());
    }

    ModelFileWriter string(int field, String value) {
        return delimited(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ModelFileWriter delimited(int field, byte[] value) {
        raw((long) field << 3 | 2);
        raw(value.length);
        out.writeBytes(value);
        return this;
    }

    ModelFileWriter varint(int field, long value) {
        raw((long) field << 3);
        raw(value);
        return this;
    }

    ModelFileWriter number32(int field, float value) {
        raw((long) field << 3 | 5);
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(value)
                .array());
        return this;
    }

    ModelFileWriter number64(int field, long value) {
        raw((long) field << 3 | 1);
        out.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array());
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private void raw(long varint) {
        long rest = varint;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
