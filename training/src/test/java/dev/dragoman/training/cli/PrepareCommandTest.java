package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.training.preparation.FileServer;
import dev.dragoman.training.preparation.SmallWmt;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a server of archives to a trained model, by the commands that a person types. */
class PrepareCommandTest {
    @TempDir
    Path directory;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();
    private FileServer server;
    private Path recipe;
    private String data;

    @BeforeEach
    void start() throws IOException {
        SmallWmt.assumeSpmTrain();
        server = new FileServer();
        SmallWmt.serve(server);
        recipe = SmallWmt.recipe(server, directory.resolve("recipe.yaml"), "");
        data = directory.resolve("data").toString();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private int run(String... arguments) {
        output.getBuffer().setLength(0);
        errors.getBuffer().setLength(0);
        return Dragoman.commandLine()
                .setOut(new PrintWriter(output, true))
                .setErr(new PrintWriter(errors, true))
                .execute(arguments);
    }

    private int prepare() {
        return run("prepare", "--recipe", recipe.toString(), "--output", data);
    }

    private int train(Path byRecipe, String... more) {
        String[] arguments = {"train", "--recipe", byRecipe.toString(), "--data", data, "--output", directory + "/run"};
        String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return run(all);
    }

    @Test
    void prepareThenTrain() throws IOException {
        assertThat(prepare()).as(errors.toString()).isZero();
        assertThat(output.toString())
                .contains(
                        "download europarl: ", "clean europarl: 400 pairs in ", "learn vocabulary: ", "encode memory: ")
                .endsWith("data is complete\n");
        assertThat(train(recipe)).as(errors.toString()).isZero();
        assertThat(output.toString())
                .contains("europarl.tsv.gz: ", " of 400 lines, ", ", met before 20", "small: ", "complete; models");
        assertThat(directory.resolve("run/best/pieces.model"))
                .hasSameBinaryContentAs(directory.resolve("data/pieces.model"));
        assertThat(directory.resolve("run/model/config.json")).content().contains("<2de>", "<2en>");
        // Resumes on the same mapped text.
        Path longer = Files.writeString(
                directory.resolve("longer.yaml"), Files.readString(recipe).replace("updates: 4", "updates: 6"));
        assertThat(train(longer, "--resume")).as(errors.toString()).isZero();
        assertThat(output.toString()).contains("update 4 of 6");
    }

    @Test
    void train_onWhatIsNotRight_isOneLine() throws IOException {
        assertThat(train(recipe)).isEqualTo(1);
        assertThat(errors.toString())
                .contains("is not prepared, or not to the end")
                .hasLineCount(1);
        assertThat(prepare()).isZero();
        Path shard = directory.resolve("data/shards/europarl-00000.pairs");
        byte[] content = Files.readAllBytes(shard);
        content[100] ^= 1;
        Files.write(shard, content);
        assertThat(train(recipe)).isEqualTo(1);
        assertThat(errors.toString()).contains(shard + ": is damaged").hasLineCount(1);
        Path other = Files.writeString(
                directory.resolve("other.yaml"),
                Files.readString(recipe).replace("identical: true", "identical: false"));
        assertThat(train(other)).isEqualTo(1);
        assertThat(errors.toString())
                .contains("preparation.cleaning.identical was true, but is false in the recipe")
                .hasLineCount(1);
    }

    @Test
    void prepare_serverHasNoSuchFile_isOneLine() throws IOException {
        Files.writeString(recipe, Files.readString(recipe).replace("/wmt19/dev.tgz", "/wmt20/dev.tgz"));
        assertThat(prepare()).isEqualTo(1);
        assertThat(errors.toString())
                .isEqualTo("dragoman prepare: " + server.url("/wmt20/dev.tgz") + ": HTTP status 404\n");
    }

    @Test
    void prepare_recipeWithoutPreparation_isOneLine() {
        Path plain = Path.of("../recipes/default.yaml");
        assertThat(run("prepare", "--recipe", plain.toString(), "--output", data))
                .isEqualTo(1);
        assertThat(errors.toString())
                .isEqualTo("dragoman prepare: " + plain + ": preparation is missing: there is nothing to prepare\n");
        Path language = Path.of("../recipes/lm-4.yaml");
        assertThat(run("prepare", "--recipe", language.toString(), "--output", data))
                .isEqualTo(1);
        assertThat(errors.toString()).contains("is of a language model");
    }
}
