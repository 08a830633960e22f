package dev.dragoman.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dragoman.tokenizer.ProtobufReader.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtobufReaderTest {
    @Test
    void nextField_readsEachKindAndSkipsTheRest() throws Exception {
        ProtobufReader reader = reader(new ModelFileWriter()
                .varint(1, 300)
                .number64(2, 7)
                .string(3, "é😀")
                .number32(4, -1.5f)
                .string(5, "skipped")
                .varint(6, 1)
                .number32(7, 0)
                .message(1000, new ModelFileWriter().varint(1, Long.MAX_VALUE))
                .bytes());

        assertThat(reader.nextField()).isEqualTo(1);
        assertThat(reader.readVarint()).isEqualTo(300);
        assertThat(reader.nextField()).isEqualTo(2);
        reader.skip();
        assertThat(reader.nextField()).isEqualTo(3);
        assertThat(reader.readString()).isEqualTo("é😀");
        assertThat(reader.nextField()).isEqualTo(4);
        assertThat(reader.readFloat()).isEqualTo(-1.5f);
        for (int field = 5; field <= 7; field++) {
            assertThat(reader.nextField()).isEqualTo(field);
            reader.skip();
        }
        assertThat(reader.nextField()).isEqualTo(1000);
        ProtobufReader inner = reader.readMessage();
        assertThat(inner.nextField()).isEqualTo(1);
        assertThat(inner.readVarint()).isEqualTo(Long.MAX_VALUE);
        assertThat(inner.nextField()).isZero();
        assertThat(reader.nextField()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void skip_refusesValueCutShort(int length) throws Exception {
        byte[] whole = new ModelFileWriter().string(1, "hello").bytes();
        byte[] cut = Arrays.copyOf(whole, length);

        ProtobufReader reader = reader(cut);
        assertThat(reader.nextField()).isEqualTo(1);
        assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(reader::skip);
    }

    @Test
    void readString_refusesOtherWireTypeAndBadUtf8() throws Exception {
        ProtobufReader number = reader(new ModelFileWriter().varint(1, 5).bytes());
        number.nextField();
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(number::readString)
                .withMessageContaining("wire type 0 instead of 2");

        ProtobufReader latin1 = reader(
                new ModelFileWriter().delimited(1, new byte[] {(byte) 0xE9}).bytes());
        latin1.nextField();
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(latin1::readString)
                .withMessageContaining("UTF-8");
    }

    @Test
    void readVarint_refusesMoreThanTenBytes() throws Exception {
        byte[] endless = new byte[12];
        Arrays.fill(endless, (byte) 0xFF);
        endless[0] = 8;
        ProtobufReader reader = reader(endless);
        reader.nextField();
        assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(reader::readVarint);
    }

    @Test
    void skip_refusesLengthAbove31Bits() throws Exception {
        ProtobufReader reader = reader(new byte[] {10, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1});
        reader.nextField();
        assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(reader::skip);
    }

    @Test
    void nextField_refusesFieldNumberZero() {
        assertThatExceptionOfType(MalformedMessageException.class)
                .isThrownBy(() -> reader(new byte[] {0, 1}).nextField());
    }

    private static ProtobufReader reader(byte[] message) {
        return new ProtobufReader(ByteBuffer.wrap(message));
    }
}
