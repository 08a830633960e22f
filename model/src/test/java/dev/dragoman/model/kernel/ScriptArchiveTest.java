package dev.dragoman.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class ScriptArchiveTest {
    @Test
    void of_isAStoredZipOfTheFourEntriesThatLibtorchReads() throws IOException {
        Map<String, byte[]> entries = entries(ScriptArchive.of("class Kernels(Module):\n  pass\n", Map.of("a", 1)));

        assertThat(entries.keySet())
                .containsExactly(
                        "kernels/version", "kernels/constants.pkl", "kernels/data.pkl", "kernels/code/__torch__.py");
        assertThat(new String(entries.get("kernels/code/__torch__.py"), StandardCharsets.UTF_8))
                .isEqualTo("class Kernels(Module):\n  pass\n");
    }

    /** The opcodes as Python's {@code pickletools} lists them: a new object of the class, then a dictionary as its state. */
    @Test
    void of_picklesIntegersLittleEndianAndDoublesBigEndian() throws IOException {
        byte[] archive = ScriptArchive.of("", Map.of("b", 0x01020304, "a", 1.0));

        assertThat(entries(archive).get("kernels/data.pkl"))
                .isEqualTo(("\u0080\u0002c__torch__\nKernels\n)\u0081}("
                                + "X\1\0\0\0a" + "G?\u00f0\0\0\0\0\0\0"
                                + "X\1\0\0\0b" + "J\4\3\2\1"
                                + "ub.")
                        .getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void of_equalInputs_giveEqualBytes() {
        Map<String, Integer> other = new LinkedHashMap<>();
        other.put("b", 2);
        other.put("a", 1);
        assertThat(ScriptArchive.of("x", other)).isEqualTo(ScriptArchive.of("x", Map.of("a", 1, "b", 2)));
    }

    private static Map<String, byte[]> entries(byte[] archive) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }
}
