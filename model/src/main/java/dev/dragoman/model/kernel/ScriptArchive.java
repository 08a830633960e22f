package dev.dragoman.model.kernel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript module as libtorch stores it: a zip without compression that holds the source of the module's class and a pickled
 * object of that class with its attributes. So a script can be kept as readable text and loaded without Python.
 */
final class ScriptArchive {
    private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};

    private ScriptArchive() {}

    /**
     * @param source text of a class {@code Kernels(Module)} in the serialised form of TorchScript
     * @param attributes values of its attributes: {@link Integer} or {@link Double}
     */
    static byte[] of(String source, Map<String, ? extends Number> attributes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            store(zip, "kernels/version", "3\n".getBytes(StandardCharsets.US_ASCII));
            store(zip, "kernels/constants.pkl", EMPTY_TUPLE);
            store(zip, "kernels/data.pkl", pickle(attributes));
            store(zip, "kernels/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Pickle protocol 2: an object of {@code __torch__.Kernels} built without arguments, its state a dictionary. */
    private static byte[] pickle(Map<String, ? extends Number> attributes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x80);
        out.write(2);
        out.writeBytes("c__torch__\nKernels\n".getBytes(StandardCharsets.US_ASCII));
        out.write(')');
        out.write(0x81);
        out.write('}');
        out.write('(');
        new TreeMap<>(attributes).forEach((name, value) -> {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            out.write('X');
            out.writeBytes(littleEndian(utf8.length));
            out.writeBytes(utf8);
            if (value instanceof Integer number) {
                out.write('J');
                out.writeBytes(littleEndian(number));
            } else {
                out.write('G');
                out.writeBytes(
                        ByteBuffer.allocate(8).putDouble(value.doubleValue()).array());
            }
        });
        out.write('u');
        out.write('b');
        out.write('.');
        return out.toByteArray();
    }

    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(4).putInt(Integer.reverseBytes(value)).array();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(crc.getValue());
        // A fixed time, so that equal modules are equal bytes.
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
