package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings whose disk fills up or cannot be written to: real file systems in memory, which a process mounts for itself alone. */
class TrainingDiskTest {
    @TempDir
    Path folder;

    private Path recipe;
    private Path disk;
    /** What was on the disk in the end; the disk goes with the process. */
    private Path kept;

    @BeforeEach
    void write() throws Exception {
        assumeTrue(
                canMount(), "needs Linux and the right to mount in a namespace of one's own (unshare --user --mount)");
        recipe = ToyRun.write(folder, 40, 4, 40);
        disk = Files.createDirectory(folder.resolve("disk"));
        kept = Files.createDirectory(folder.resolve("kept"));
    }

    private static boolean canMount() throws InterruptedException {
        try {
            return new ProcessBuilder(
                                    "unshare",
                                    "--user",
                                    "--map-root-user",
                                    "--mount",
                                    "mount",
                                    "-t",
                                    "tmpfs",
                                    "none",
                                    "/mnt")
                            .redirectErrorStream(true)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noSuchCommand) {
            return false;
        }
    }

    /** Runs a training on a disk that {@code mount} has prepared, and returns what it said. */
    private String train(String mount, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "--recipe",
                recipe.toString(),
                "--data",
                folder.toString(),
                "--output",
                disk.resolve("run").toString()));
        arguments.addAll(List.of(options));
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                mount + " && { \"$@\"; code=$?; cp -r " + disk + "/. " + kept + "; exit $code; }",
                "sh"));
        command.addAll(TrainProcess.command(arguments.toArray(String[]::new)));
        try (TrainProcess process = TrainProcess.start(command)) {
            assertThat(process.await()).as(process.output()).isEqualTo(1);
            return process.output();
        }
    }

    private String tmpfs(String options) {
        return "mount -t tmpfs -o " + options + " none " + disk;
    }

    private List<String> checkpoints() throws IOException {
        try (Stream<Path> entries = Files.list(kept.resolve("run/checkpoints"))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    /** Room for the first checkpoint, of half a megabyte, but not for the third. */
    @Test
    void fullDisk_isNamed_andTheLastCheckpointGoesOn() throws Exception {
        String output = train(tmpfs("size=1300k"));
        assertThat(output)
                .containsPattern(
                        "dragoman train: the checkpoint of update \\d+ cannot be written: .*No space left on device; the"
                                + " last good checkpoint is .*update-\\d{8}")
                .doesNotContain("\tat ");
        List<String> left = checkpoints();
        assertThat(left).isNotEmpty().allMatch(name -> name.matches("update-\\d{8}"));
        // On a larger disk.
        Path run = folder.resolve("moved");
        Files.move(kept.resolve("run"), run);
        try (TrainProcess process = TrainProcess.start(
                "--recipe", recipe.toString(), "--data", folder.toString(), "--output", run.toString(), "--resume")) {
            assertThat(process.await()).as(process.output()).isZero();
            assertThat(process.output())
                    .contains("update "
                            + Integer.parseInt(left.get(left.size() - 1).substring(7)) + " of 40")
                    .contains("complete");
        }
    }

    @Test
    void diskWithoutRoomForACheckpoint_isNamedBeforeTheFirstUpdate() throws Exception {
        assertThat(train(tmpfs("size=200k")))
                .containsPattern("checkpoints: a checkpoint takes [\\d,]+ bytes, but only [\\d,]+ are free on its disk")
                .doesNotContain("update 1 ")
                .doesNotContain("\tat ");
    }

    @Test
    void readOnlyFolder_isNamedBeforeTheFirstUpdate() throws Exception {
        assertThat(train(tmpfs("size=10m,ro")))
                .containsIgnoringCase("read-only file system")
                .contains(disk.resolve("run").toString())
                .doesNotContain("\tat ");
    }
}
