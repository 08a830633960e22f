package dev.dragoman.training.report.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what TensorBoard writes, see {@code tensorboard_vectors.py} beside the file of records. */
class EventFileTest {
    private static final double TIME = 1700000000.25;

    @TempDir
    Path folder;

    static Stream<Arguments> events() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return Stream.of(
                Arguments.of("version", EventMessage.version(TIME)),
                Arguments.of("start", EventMessage.sessionStart(TIME, 301)),
                Arguments.of(
                        "scalars",
                        EventMessage.values(TIME, 1234567890123L)
                                .scalar("train/loss", 3.25)
                                .scalar("train/nll", Double.NaN)
                                .scalar("dev/en-fr/bleu", 0)
                                .event()),
                Arguments.of(
                        "text",
                        EventMessage.values(TIME, 300)
                                .text("samples/en-fr/0", "Grüße, 世界")
                                .event()),
                Arguments.of(
                        "image",
                        EventMessage.values(TIME, 7)
                                .image("load", 300, 200, bytes)
                                .event()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("events")
    void record_isTensorBoardsOwn(String name, EventMessage event) throws IOException {
        assertThat(HexFormat.of().formatHex(EventFile.record(event.encoded()))).isEqualTo(vector(name));
    }

    @Test
    void create_beginsWithVersionAndStart() throws IOException {
        try (EventFile file = EventFile.create(folder, TIME)) {
            byte[] start = EventFile.record(EventMessage.sessionStart(TIME, 0).encoded());
            assertThat(HexFormat.of().formatHex(Files.readAllBytes(only())))
                    .isEqualTo(vector("version") + HexFormat.of().formatHex(start));
            file.append(EventMessage.values(TIME, 300)
                    .text("samples/en-fr/0", "Grüße, 世界")
                    .event());
            assertThat(HexFormat.of().formatHex(Files.readAllBytes(only()))).endsWith(vector("text"));
        }
    }

    @Test
    void create_removesTheEventsOfAnEarlierRun() throws IOException {
        EventFile.create(folder, TIME).close();
        Files.writeString(folder.resolve("notes.txt"), "mine");
        EventFile.create(folder, TIME + 100).close();
        assertThat(files()).hasSize(1).allMatch(name -> name.startsWith("events.out.tfevents.1700000100."));
        assertThat(folder.resolve("notes.txt")).exists();
    }

    @Test
    void resume_startsAfterTheUpdatesDone() throws IOException {
        EventFile.create(folder, TIME).close();
        EventFile.resume(folder, TIME, 300).close();
        List<String> files = files();
        assertThat(files).hasSize(2);
        assertThat(HexFormat.of().formatHex(Files.readAllBytes(folder.resolve(files.get(1)))))
                .isEqualTo(vector("version") + vector("start"));
    }

    @Test
    void resume_namesAreInTheOrderOfTime() throws IOException {
        EventFile.create(folder, TIME).close();
        // In the same second, and after the clock was set back.
        EventFile.resume(folder, TIME, 1).close();
        EventFile.resume(folder, TIME - 3600, 2).close();
        assertThat(files())
                .extracting(name -> name.split("\\.")[3])
                .containsExactly("1700000000", "1700000001", "1700000002");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("events"))
                    .sorted()
                    .toList();
        }
    }

    private Path only() throws IOException {
        assertThat(files()).hasSize(1);
        return folder.resolve(files().get(0));
    }

    private static String vector(String name) throws IOException {
        try (InputStream stream = Objects.requireNonNull(EventFileTest.class.getResourceAsStream("records.txt"))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .map(line -> line.substring(name.length() + 1))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
