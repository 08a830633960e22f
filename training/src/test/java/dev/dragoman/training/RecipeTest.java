package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.engine.Engine;
import dev.dragoman.model.Engines;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.ModelConfiguration.Direction;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.kernel.Compute;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeTest {
    private static final Path SHIPPED = Path.of("../recipes");

    private static final String WHOLE = """
            name: toy # a comment
            pieces: pieces.model
            corpora:
              - {file: a.tsv, source: en, target: fr, prefix: "<2fr>", kinds: [prose], weight: 0.5}
              - {file: b.tsv, source: en, target: fr, prefix: "<2fr>"}
              - {file: c.tsv, source: en, target: de}
            development: []
            maximumTokens: 100
            network:
              vocabularySize: 1000
              width: 32
              lstmCells: 32
              encoderLayers: 2
              decoderLayers: 2
              bidirectional: true
              residualFrom: 1
              attention: {form: PARALLEL, score: FACTORISED, size: 16}
              mixture:
                experts: 4
                perRow: 2
                hidden: 32
                encoderAfter: [1]
                decoderAfter: []
                importanceWeight: 0.01
                loadWeight: 0.01
                noiseFloor: 0
                sigmoid: false
              sharedSoftmax: true
              dropout: 0.1
              maximumLength: 200
            training:
              seed: 1
              precision: BFLOAT16
              tokensPerBatch: 3000
              updates: 12000
              labelSmoothing: 0.1
              learningRate: {peak: 0.002, warmup: 500, constant: 12000, cooldown: 3000}
              adam: {beta1: 0.9, beta2: 0.98, epsilon: 1.0e-8}
              clipNorm: 1
              checkpointEvery: 500
              keepCheckpoints: 2
              validateEvery: 1000
              validateSentences: 200
              modelPrecision: I8
            """;

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("recipe.yaml"), WHOLE);
    }

    private void assertRefused(String content, String problem) throws IOException {
        Files.writeString(file, content);
        assertThatThrownBy(() -> Recipe.read(file))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(problem);
    }

    @Test
    void read_whole() {
        TranslationRecipe recipe = (TranslationRecipe) Recipe.read(file);
        assertThat(recipe.name()).isEqualTo("toy");
        assertThat(recipe.corpora()).hasSize(3);
        assertThat(recipe.corpora().get(0).kinds()).containsExactly("prose");
        assertThat(recipe.corpora().get(0).weight()).isEqualTo(0.5);
        assertThat(recipe.corpora().get(2).prefix()).isNull();
        assertThat(recipe.network().attention().form()).isEqualTo(Form.PARALLEL);
        assertThat(recipe.training().precision()).isEqualTo(Compute.BFLOAT16);
        assertThat(recipe.training().clipNorm()).isEqualTo(1);
        assertThat(recipe.training().adam().epsilon()).isEqualTo(1e-8);
    }

    /** Where they are named, they need not be there before the recipe is opened. */
    @Test
    void read_devices() throws IOException {
        assertThat(Recipe.read(file).training().devices()).isNull();
        Files.writeString(file, WHOLE.replace("seed: 1", "seed: 1\n  devices: [cuda:0, gpu1, cpu, cpu]"));
        assertThat(Recipe.read(file).training().devices()).containsExactly("cuda:0", "gpu1", "cpu", "cpu");
        // A dense network has no experts to spread.
        Files.writeString(
                file,
                WHOLE.replace("seed: 1", "seed: 1\n  devices: [cpu, cpu, cpu, cpu, cpu]")
                        .replace("encoderAfter: [1]", "encoderAfter: []"));
        assertThat(Recipe.read(file).training().devices()).hasSize(5);
    }

    @Test
    void open_deviceThatIsNotThere_isNamedBeforeTheTextIsRead() throws IOException {
        Engines.prepare();
        int gpus = Engine.getEngine("PyTorch").getGpuCount();
        assumeThat(gpus).isLessThan(10);
        Files.writeString(file, WHOLE.replace("seed: 1", "seed: 1\n  devices: [cpu, cuda:9]"));
        Recipe recipe = Recipe.read(file);
        assertThatThrownBy(() -> recipe.open(file, folder, folder.resolve("none.model"), 1))
                .isInstanceOf(RecipeException.class)
                .hasMessage(file + ": training.devices is cuda:9, but the engine sees " + gpus + " GPUs");
    }

    static Stream<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.list(SHIPPED)) {
            return files.filter(path -> path.toString().endsWith(".yaml")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void read_shippedRecipes(Path shipped) {
        Recipe recipe = Recipe.read(shipped);
        assertThat(recipe.name()).startsWith("dragoman-");
        boolean learnsPieces = recipe instanceof TranslationRecipe translation && translation.pieces() == null;
        assertThat(learnsPieces || Files.exists(recipe.piecesFile(shipped, SHIPPED)))
                .isTrue();
    }

    /** Each line with a key, left out with all that is indented under it. */
    @Test
    void read_missingKey_isNamed() throws IOException {
        String[] lines = WHOLE.split("\n");
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].contains("- {")) {
                continue;
            }
            int indent = indent(lines[i]);
            List<String> rest = new ArrayList<>(List.of(lines));
            int end = i + 1;
            while (end < lines.length && indent(lines[end]) > indent) {
                end++;
            }
            rest.subList(i, end).clear();
            assertRefused(String.join("\n", rest), lines[i].strip().replaceAll(":.*", ""));
        }
    }

    private static int indent(String line) {
        return line.length() - line.stripLeading().length();
    }

    @ParameterizedTest
    @CsvSource({
        "name: toy, depht, maximumTokens",
        "'  width: 32', network.depht, lstmCells",
        "'    experts: 4', network.mixture.depht, perRow",
        "'  seed: 1', training.depht, updates",
    })
    void read_unknownKey_isNamedWithThoseThereAre(String after, String path, String known) throws IOException {
        String added = after + "\n" + " ".repeat(indent(after)) + "depht: 7";
        String content = WHOLE.replaceFirst("(?m)^" + after, added);
        assertRefused(content, path + ": no such field; there are ");
        assertRefused(content, known);
    }

    @Test
    void read_wrongSyntaxOrType_hasItsLine() throws IOException {
        assertRefused(WHOLE.replace("width: 32", "width: wide"), "(line 11)");
        assertRefused(WHOLE.replace("width: 32", "width: \"32"), "(line ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "width: 32            | width: wide        | network.width: ",
                "width: 32            | width: [32]        | network.width: ",
                "width: 32            | width: 32.5        | network.width: ",
                "width: 32            | width:             | network.width: ",
                "width: 32            | width: 1           | width must be at least 2, but is 1",
                "width: 32            | width: 99999999999 | network.width: ",
                "bidirectional: true  | bidirectional: 7.5 | network.bidirectional: ",
                "form: PARALLEL       | form: parallel     | network.attention.form: ",
                "score: FACTORISED    | 'score: FACTORISED, heads: 3' | attention.size must be a multiple of attention.heads, 3, but is 16",
                "score: FACTORISED    | 'score: FACTORISED, heads: few' | network.attention.heads: ",
                "score: FACTORISED    | 'score: FACTORISED, contextTo: ALL' | network.attention.contextTo: ",
                "residualFrom: 1      | 'residualFrom: 1\n  bothWays: {layers: 3, join: SUMMED}' | bothWays.layers must be from 0 to 2, but is 3",
                "residualFrom: 1      | 'residualFrom: 1\n  bothWays: {layers: 1}' | bothWays.join is missing",
                "residualFrom: 1      | 'residualFrom: 1\n  layerNormalisation: 7.5' | network.layerNormalisation: ",
                "encoderAfter: [1]    | encoderAfter: [3]  | mixture.encoderAfter must be from 1 to 2, but is 3",
                "encoderAfter: [1]    | encoderAfter: 1    | network.mixture.encoderAfter: ",
                "precision: BFLOAT16  | precision: FP8     | training.precision: ",
                "seed: 1              | seed: one          | training.seed: ",
                "updates: 12000       | updates: 0         | training.updates must be from 1 to 2147483647, but is 0",
                "updates: 12000       | updates: 12k       | training.updates: ",
                "labelSmoothing: 0.1  | labelSmoothing: 1  | training.labelSmoothing must be from 0 to 0.99, but is 1",
                "clipNorm: 1          | clipNorm: -1       | training.clipNorm must be from 0 to 1000000000, but is -1",
                "clipNorm: 1          | clipNorm: .nan     | training.clipNorm: ",
                "keepCheckpoints: 2   | keepCheckpoints: 0 | training.keepCheckpoints must be from 1 to 1000, but is 0",
                "peak: 0.002          | peak: 20           | training.learningRate.peak must be from 0 to 10, but is 20",
                "peak: 0.002          | peak: fast         | training.learningRate.peak: ",
                "beta1: 0.9           | beta1: 1           | training.adam.beta1 must be from 0 to 0.999999, but is 1",
                "maximumTokens: 100   | maximumTokens: 0   | maximumTokens must be from 1 to 30000, but is 0",
                "development: []      | development: [7]   | development[0]: ",
                "development: []      | development: [null] | development must not hold null",
                "development: []      | development: [{file: d.tsv, source: en, target: fr}] | development d.tsv must have source, target and prefix of one of the corpora, but has en, fr and none",
                "development: []      | development: [{file: d.tsv, source: en, target: es}] | but has en, es and none",
                "file: c.tsv,         | ''                 | file of a corpus is missing",
                "weight: 0.5          | weight: heavy      | corpora[0].weight: ",
                "weight: 0.5          | weight: 0          | weight of a.tsv must be above 0 and up to 1000, but is 0",
                "kinds: [prose]       | kinds: [null]      | kinds of a.tsv must not hold null",
                "seed: 1              | 'seed: 1\n  seed: 2' | seed",
                "seed: 1              | 'seed: 1\n  devices: []' | training.devices must name at least one device, but is empty",
                "seed: 1              | 'seed: 1\n  devices: cpu' | training.devices: ",
                "seed: 1              | 'seed: 1\n  devices: [null]' | training.devices must not hold null",
                "seed: 1              | 'seed: 1\n  devices: [cpu, tpu]' | training.devices must be cpu, gpu, gpu0 to gpu9 or cuda:0 to cuda:9, but is tpu",
                "seed: 1              | 'seed: 1\n  devices: [cpu, cpu, cpu, cpu, cpu]' | training.devices must name at most 4 devices, as many as a mixture layer has experts, but names 5",
            })
    void read_impossibleValue_isNamed(String old, String changed, String problem) throws IOException {
        assertThat(WHOLE).contains(old);
        assertRefused(WHOLE.replaceFirst(Pattern.quote(old), changed), problem);
    }

    @Test
    void read_noCorpora_isNamed() throws IOException {
        assertRefused(
                WHOLE.replaceAll("(?m)^  - .*\n", "").replace("corpora:", "corpora: []"),
                "corpora must name at least one file, but is empty");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "# nothing but a comment",
                "just words",
                "[1, 2",
                "{{{",
                "a: b: c",
                "\t- x",
                "&a [*a]",
                "--- !!java.lang.Runtime {}",
                "name: \"\\q\""
            })
    void read_notARecipe_isNamed(String content) throws IOException {
        assertRefused(content, "");
    }

    @Test
    void read_missingFileOrFolder_isNamed() throws IOException {
        Files.delete(file);
        assertThatThrownBy(() -> Recipe.read(file))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith(file + ": no such file");
        assertThatThrownBy(() -> Recipe.read(folder)).isInstanceOf(RecipeException.class);
    }

    /** Bytes changed at random in the text: what comes out is a recipe or one exception that names the file. */
    @Test
    void read_damaged_isReadOrNamed() throws IOException {
        Random random = new Random(4);
        byte[] whole = WHOLE.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 400; i++) {
            byte[] bytes = whole.clone();
            for (int k = 0; k <= random.nextInt(4); k++) {
                bytes[random.nextInt(bytes.length)] = random.nextBoolean()
                        ? (byte) random.nextInt(256)
                        : (byte) "{}[]:,-&*!|>'\"%@`#\n\t ".charAt(random.nextInt(21));
            }
            Files.write(file, bytes);
            try {
                Recipe.read(file);
            } catch (RecipeException e) {
                assertThat(e).hasMessageStartingWith(file + ": ");
            }
        }
    }

    /** Several corpora of one direction are one direction to the server; the order is the recipe's. */
    @Test
    void modelConfiguration_listsEachDirectionOnce() {
        ModelConfiguration configuration = ((TranslationRecipe) Recipe.read(file)).modelConfiguration(0, 2, 3);
        assertThat(configuration.directions())
                .containsExactly(new Direction("en", "fr", "<2fr>"), new Direction("en", "de", ""));
        assertThat(configuration.name()).isEqualTo("toy");
        assertThat(configuration.eosId()).isEqualTo(3);
        assertThat(configuration.format()).isEqualTo(ModelConfiguration.FORMAT);
    }
}
