package dev.dragoman.training.preparation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.tokenizer.Vocabulary;
import dev.dragoman.training.Recipe;
import dev.dragoman.training.TranslationRecipe;
import dev.dragoman.training.data.CorpusPart;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.data.SkipReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreparationRunTest {
    private static final Path PIECES = Path.of("../tokenizer/src/test/resources/dev/dragoman/tokenizer/pieces.model");

    @TempDir
    Path directory;

    private final List<String> log = new ArrayList<>();
    private FileServer server;
    private Path recipe;
    private Path downloads;

    @BeforeEach
    void start() throws IOException {
        server = new FileServer();
        SmallWmt.serve(server);
        Files.copy(PIECES, directory.resolve("given.model"));
        recipe = SmallWmt.recipe(server, directory.resolve("recipe.yaml"), "pieces: given.model");
        downloads = Files.createDirectory(directory.resolve("downloads"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static PreparationPlan plan(Path recipe) {
        return ((TranslationRecipe) Recipe.read(recipe)).preparationPlan(recipe);
    }

    private void prepare(Path recipe, Path folder, int threads, Consumer<String> listener)
            throws IOException, InterruptedException {
        Downloader downloader = new Downloader(
                new Downloader.Patience(3, Duration.ofMillis(1), Duration.ofMillis(10), Duration.ofSeconds(5)),
                listener);
        new PreparationRun(plan(recipe), folder, downloads, threads, 100, downloader, listener).run();
    }

    /** All that is in a folder, by name. */
    private static Map<String, byte[]> content(Path folder) throws IOException {
        Map<String, byte[]> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return content;
    }

    private static void assertSameContent(Path folder, Map<String, byte[]> expected) throws IOException {
        Map<String, byte[]> there = content(folder);
        assertThat(there.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, bytes) -> assertThat(there.get(name)).as(name).isEqualTo(bytes));
    }

    @Test
    void run_makesTextShardsAndIndex() throws Exception {
        Path folder = directory.resolve("data");
        prepare(recipe, folder, 2, log::add);
        assertThat(content(folder).keySet())
                .containsExactly(
                        ".lock",
                        "index.json",
                        "pieces.model",
                        "preparation.json",
                        "shards/europarl-00000.pairs",
                        "shards/europarl-00001.pairs",
                        "shards/europarl-00002.pairs",
                        "shards/europarl-00003.pairs",
                        "shards/europarl.json",
                        "shards/giga.json",
                        "shards/memory-00000.pairs",
                        "shards/memory.json",
                        "text/europarl.json",
                        "text/europarl.tsv.gz",
                        "text/giga.json",
                        "text/giga.tsv.gz",
                        "text/memory.json",
                        "text/memory.tsv.gz",
                        "text/newstest2013.json",
                        "text/newstest2013.tsv.gz",
                        "text/newstest2014.json",
                        "text/newstest2014.tsv.gz");
        // Its first 20 pairs are those of Europarl.
        TextReport giga = StepRecord.read(folder.resolve("text/giga.json"), TextReport.class);
        assertThat(giga)
                .isEqualTo(new TextReport(
                        24,
                        0,
                        Map.of(
                                SkipReason.MARKUP, 1L,
                                SkipReason.EMPTY_SIDE, 1L,
                                SkipReason.IDENTICAL_SIDES, 1L,
                                SkipReason.LENGTH_RATIO, 1L,
                                SkipReason.DUPLICATE, 20L)));
        TextReport memory = StepRecord.read(folder.resolve("text/memory.json"), TextReport.class);
        assertThat(memory.read()).isEqualTo(60);
        assertThat(memory.skipped()).containsEntry(SkipReason.HELD_OUT, 10L);
        assertThat(log)
                .anyMatch(line -> line.startsWith("clean europarl: 400 pairs in "))
                .contains("held out newstest2014: 10 pairs")
                .endsWith(folder + " is complete");
    }

    @Test
    void run_resultDoesNotDependOnThreads() throws Exception {
        prepare(recipe, directory.resolve("one"), 1, log::add);
        prepare(recipe, directory.resolve("three"), 3, log::add);
        assertSameContent(directory.resolve("three"), content(directory.resolve("one")));
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Wherever a run ends, the next one goes on, and makes what an undisturbed one would have. */
    @Test
    void run_killedAnywhere_goesOn() throws Exception {
        prepare(recipe, directory.resolve("undisturbed"), 2, log::add);
        Map<String, byte[]> expected = content(directory.resolve("undisturbed"));
        int lines = log.size() - 4;
        assertThat(lines).isGreaterThan(8);
        for (int last = 1; last <= lines; last++) {
            Path folder = directory.resolve("killed-" + last);
            int[] left = {last};
            assertThatThrownBy(() -> prepare(recipe, folder, 2, line -> {
                        if (--left[0] == 0) {
                            throw new Killed();
                        }
                    }))
                    .isInstanceOf(Killed.class);
            assertThat(folder.resolve("index.json").toFile().exists()).isEqualTo(last == lines);
            log.clear();
            prepare(recipe, folder, 2, log::add);
            assertSameContent(folder, expected);
            // What is done is not done again.
            assertThat(log).hasSizeLessThan(lines + 1);
        }
        log.clear();
        prepare(recipe, directory.resolve("killed-3"), 2, log::add);
        assertThat(log).containsExactly(directory.resolve("killed-3") + " is complete");
    }

    /** Files that a killed process was writing. */
    @Test
    void run_halfWrittenFiles_areReplaced() throws Exception {
        Path undisturbed = directory.resolve("undisturbed");
        prepare(recipe, undisturbed, 2, log::add);
        Path folder = directory.resolve("data");
        for (String name :
                List.of("text/europarl.tsv.gz", "work/europarl.hashes", "shards/europarl-00000.pairs", "index.json")) {
            Path part = folder.resolve(name + ".part");
            Files.createDirectories(part.getParent());
            Files.write(part, new byte[1_000_000]);
        }
        Files.write(folder.resolve("work/partition-7"), new byte[120]);
        Files.createDirectories(folder.resolve("work/.vocabulary-1/x"));
        prepare(recipe, folder, 2, log::add);
        assertSameContent(folder, content(undisturbed));
    }

    @Test
    void run_archivesAreNotNeededAnyMore_onceTextIsThere() throws Exception {
        Path folder = directory.resolve("data");
        assertThatThrownBy(() -> prepare(recipe, folder, 2, line -> {
                    if (line.startsWith("find duplicates")) {
                        throw new Killed();
                    }
                }))
                .isInstanceOf(Killed.class);
        int requests = server.requests().size();
        assertThat(requests).isEqualTo(4);
        for (String name : List.of("training-giga.tar", "dev.tgz", "en-de.tmx.gz")) {
            Files.delete(downloads.resolve(name));
        }
        prepare(recipe, folder, 2, log::add);
        assertThat(server.requests()).hasSize(requests);
    }

    @Test
    void run_learnsTheVocabulary() throws Exception {
        SmallWmt.assumeSpmTrain();
        Path learning = SmallWmt.recipe(server, directory.resolve("learning.yaml"), "");
        Path folder = directory.resolve("data");
        prepare(learning, folder, 2, log::add);
        Vocabulary vocabulary = Vocabulary.read(folder.resolve("pieces.model"));
        assertThat(vocabulary.size()).isEqualTo(330);
        assertThat(vocabulary.idOf("<2de>")).hasValue(4);
        assertThat(vocabulary.idOf("<2en>")).hasValue(5);
        assertThat(log).anyMatch(line -> line.matches("learn vocabulary: 600 sentences in .*; 330 pieces"));
    }

    @Test
    void corpus_mapsTextsInBothDirections() throws Exception {
        Path folder = directory.resolve("data");
        prepare(recipe, folder, 2, log::add);
        PreparedFolder prepared = PreparedFolder.open(folder, plan(recipe));
        CorpusPart forth = CorpusPart.of(folder.resolve("text/europarl.tsv.gz"), OptionalInt.empty());
        CorpusPart back = new CorpusPart(forth.file(), OptionalInt.of(5), Set.of(), 1, true, List.of());
        EncodedCorpus corpus = prepared.corpus(List.of(forth, back));
        int pairs = corpus.size() / 2;
        assertThat(pairs).isBetween(350, 400);
        for (int pair = 0; pair < pairs; pair++) {
            assertThat(corpus.sourceLength(pair)).isEqualTo(corpus.targetLength(pairs + pair));
            assertThat(corpus.targetLength(pair)).isEqualTo(corpus.sourceLength(pairs + pair));
        }
        assertThat(corpus.reports().get(0).pairs()).isEqualTo(pairs);
        assertThat(corpus.reports().get(1).sourceTokens())
                .isEqualTo(corpus.reports().get(0).targetTokens());
        assertThatThrownBy(() -> prepared.corpus(
                        List.of(CorpusPart.of(folder.resolve("text/other.tsv.gz"), OptionalInt.empty()))))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(folder.resolve("text/other.tsv.gz")
                        + ": is not among the prepared texts to train on: [text/europarl.tsv.gz, ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            maximumTokens: 60       | maximumTokens: 61         | maximumTokens was 60, but is 61 in the recipe
            maximumWords: 50        | maximumWords: 51          | preparation.cleaning.maximumWords was 50, but is 51 in the recipe
            language: true          | language: false           | preparation.cleaning.language was true, but is false in the recipe
            giga.fixed.de.gz        | giga.de.gz                | preparation.training[1].targetFile was "giga.fixed.de.gz", but is "giga.de.gz" in the recipe
            given.model             | other.model               | vocabulary.sha256 was
            {name: memory, url      | {name: memory, sha256: null, url | preparation.downloads[3].sha256 was
            """)
    void open_folderOfAnotherRecipe_namesTheDifference(String was, String is, String message) throws Exception {
        Path folder = directory.resolve("data");
        prepare(recipe, folder, 2, log::add);
        byte[] pieces = Files.readAllBytes(PIECES);
        pieces[pieces.length - 1]++;
        Files.write(directory.resolve("other.model"), pieces);
        String text = Files.readString(recipe);
        assertThat(text).contains(was);
        // A checksum may only be there once.
        if (is.contains("sha256: null")) {
            text = text.replaceAll("(name: memory.*), sha256: [0-9a-f]+", "$1");
        } else {
            text = text.replace(was, is);
        }
        Path other = Files.writeString(directory.resolve("other.yaml"), text);
        assertThatThrownBy(() -> PreparedFolder.open(folder, plan(other)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(folder + ": was prepared by another recipe: " + message);
        assertThatThrownBy(() -> prepare(other, folder, 2, log::add))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(folder + ": was prepared by another recipe: " + message);
    }

    /** A mirror, weights, directions and the network are no reason to prepare again. */
    @Test
    void open_whatDoesNotTouchTheText_mayDiffer() throws Exception {
        Path folder = directory.resolve("data");
        prepare(recipe, folder, 2, log::add);
        Path other = Files.writeString(
                directory.resolve("other.yaml"),
                Files.readString(recipe).replace("127.0.0.1", "localhost").replace("width: 16", "width: 32"));
        assertThat(PreparedFolder.open(folder, plan(other))).isNotNull();
    }

    @Test
    void open_unfinishedFolder_isRefused() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("data"));
        assertThatThrownBy(() -> PreparedFolder.open(folder, plan(recipe)))
                .isInstanceOf(IOException.class)
                .hasMessage(folder + ": is not prepared, or not to the end: " + folder.resolve("preparation.json")
                        + " is missing. ./dragoman prepare with the same recipe makes it, or goes on");
        prepare(recipe, folder, 2, log::add);
        Files.delete(folder.resolve("index.json"));
        assertThatThrownBy(() -> PreparedFolder.open(folder, plan(recipe)))
                .hasMessageContaining(folder.resolve("index.json") + " is missing");
        prepare(recipe, folder, 2, log::add);
        Files.copy(
                directory.resolve("recipe.yaml"), folder.resolve("pieces.model"), StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> PreparedFolder.open(folder, plan(recipe)))
                .hasMessageStartingWith(
                        folder.resolve("pieces.model") + ": is not the vocabulary by which the texts were encoded");
        Files.writeString(folder.resolve("index.json"), "{\"piecesSha");
        assertThatThrownBy(() -> PreparedFolder.open(folder, plan(recipe)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(folder.resolve("index.json") + ": is damaged: ");
    }

    @Test
    void run_folderThatAnotherRunHas_isRefused() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("data"));
        try (FolderLock lock = FolderLock.of(folder)) {
            assertThatThrownBy(() -> prepare(recipe, folder, 2, log::add))
                    .isInstanceOf(IOException.class)
                    .hasMessage(folder + ": another run is preparing it");
        }
        prepare(recipe, folder, 2, log::add);
    }

    @Test
    void run_fileThatIsNotInTheArchive_isNamed() throws Exception {
        Path other = Files.writeString(
                directory.resolve("other.yaml"), Files.readString(recipe).replace("giga.fixed.de.gz", "giga.de.gz"));
        assertThatThrownBy(() -> prepare(other, directory.resolve("data"), 2, log::add))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        downloads.resolve("training-giga.tar") + ": has no file giga.de.gz, but giga.fixed.de.gz");
    }

    /** Where a folder should be there is a file: the nearest to a folder without permission that root meets as well. */
    @Test
    void run_folderThatCannotBeWritten_isNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> prepare(recipe, file.resolve("data"), 2, log::add))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }
}
