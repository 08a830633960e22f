package dev.dragoman.training.preparation;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;

/**
 * Corpora of a few hundred made-up sentences, in the archives, layouts and formats of those of WMT'14, on a server of this machine, and a
 * recipe that prepares them.
 */
public final class SmallWmt {
    private static final List<List<String>> NOUNS = List.of(
            List.of(
                    "house", "dog", "tree", "river", "book", "table", "teacher", "city", "song", "road", "wall",
                    "cloud"),
            List.of(
                    "Haus", "Hund", "Baum", "Fluss", "Buch", "Tisch", "Lehrer", "Dorf", "Lied", "Weg", "Wand",
                    "Wolke"));
    private static final List<List<String>> ADJECTIVES = List.of(
            List.of("old", "green", "small", "loud", "cold", "heavy", "empty", "bright", "round", "slow"),
            List.of("alt", "grün", "klein", "laut", "kalt", "schwer", "leer", "hell", "rund", "langsam"));
    private static final String SENTENCE_ENGLISH = "The %s of the %s is not %s, but the %s was %s.";
    private static final String SENTENCE_GERMAN = "Das %s und der %s ist nicht %s, aber die %s war %s.";

    private static final String SHA256 = "SHA-256";

    private SmallWmt() {}

    /** Skips a test that learns a vocabulary where SentencePiece's tool is not installed. */
    public static void assumeSpmTrain() {
        String path = System.getenv().getOrDefault("PATH", "");
        boolean there = Arrays.stream(path.split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "spm_train")));
        Assumptions.assumeTrue(there, "spm_train is not on the PATH");
    }

    /** Puts all files on the server. */
    public static void serve(FileServer server) throws IOException {
        Random random = new Random(3);
        String[] europarl = sides(random, 400);
        String[] noisy = {
            europarl[0].lines().limit(20).reduce("", (a, b) -> a + b + "\n")
                    + "Some <b>markup</b> is here.\n\nThe same\nx\n",
            europarl[1].lines().limit(20).reduce("", (a, b) -> a + b + "\n") + "Hier ist etwas.\nleer\nThe same\n"
                    + "y".repeat(99) + "\n"
        };
        server.put(
                "/wmt13/training-parallel-europarl-v7.tgz",
                Archives.bytes(
                        "a.tgz",
                        Map.of(
                                "training/europarl-v7.de-en.en", europarl[0],
                                "training/europarl-v7.de-en.de", europarl[1],
                                "training/europarl-v7.fr-en.en", "passed over\n")));
        server.put(
                "/wmt10/training-giga.tar",
                Archives.bytes("a.tar", Map.of("giga.fixed.en.gz", noisy[0], "giga.fixed.de.gz", noisy[1])));
        String[] dev = sides(random, 30);
        String[] test = sides(random, 10);
        server.put(
                "/wmt19/dev.tgz",
                Archives.bytes(
                        "dev.tgz",
                        Map.of(
                                "dev/newstest2013.en",
                                dev[0],
                                "dev/newstest2013.de",
                                dev[1],
                                "dev/newstest2014-deen-src.en.sgm",
                                sgml(test[0], "srcset"),
                                "dev/newstest2014-deen-ref.de.sgm",
                                sgml(test[1], "refset"))));
        // A translation memory with a pair of the test set in it.
        server.put("/opus/en-de.tmx.gz", Archives.compressed("en-de.tmx.gz", tmx(sides(random, 50), test)));
    }

    private static String[] sides(Random random, int sentences) {
        StringBuilder english = new StringBuilder();
        StringBuilder german = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            int[] nouns = random.ints(3, 0, NOUNS.get(0).size()).toArray();
            int[] adjectives = random.ints(2, 0, ADJECTIVES.get(0).size()).toArray();
            english.append(sentence(SENTENCE_ENGLISH, 0, nouns, adjectives)).append('\n');
            german.append(sentence(SENTENCE_GERMAN, 1, nouns, adjectives)).append('\n');
        }
        return new String[] {english.toString(), german.toString()};
    }

    private static String sentence(String form, int language, int[] nouns, int[] adjectives) {
        List<String> noun = NOUNS.get(language);
        List<String> adjective = ADJECTIVES.get(language);
        return String.format(
                form,
                noun.get(nouns[0]),
                noun.get(nouns[1]),
                adjective.get(adjectives[0]),
                noun.get(nouns[2]),
                adjective.get(adjectives[1]));
    }

    private static String sgml(String lines, String set) {
        StringBuilder text = new StringBuilder("<" + set + " setid=\"newstest2014\">\n<doc docid=\"d\"><p>\n");
        int id = 1;
        for (String line : lines.lines().toList()) {
            text.append("<seg id=\"").append(id++).append("\">").append(line).append("</seg>\n");
        }
        return text + "</p></doc>\n</" + set + ">\n";
    }

    private static String tmx(String[] sides, String[] more) {
        StringBuilder text = new StringBuilder("<tmx version=\"1.4\"><body>\n");
        List<String> english = (sides[0] + more[0]).lines().toList();
        List<String> german = (sides[1] + more[1]).lines().toList();
        for (int i = 0; i < english.size(); i++) {
            text.append("<tu><tuv xml:lang=\"en\"><seg>").append(english.get(i)).append("</seg></tuv>");
            text.append("<tuv xml:lang=\"de\"><seg>").append(german.get(i)).append("</seg></tuv></tu>\n");
        }
        return text + "</body></tmx>\n";
    }

    /** A download of a recipe, with the size and checksum of what the server has. */
    private static String download(String name, String url, byte[] content) {
        try {
            String sha256 =
                    HexFormat.of().formatHex(MessageDigest.getInstance(SHA256).digest(content));
            return "    - {name: " + name + ", url: \"" + url + "\", bytes: " + content.length + ", sha256: " + sha256
                    + "}\n";
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Writes the recipe: English to German, and back by the same text.
     *
     * @param pieces the line that names a vocabulary, or none to learn one of 330 pieces
     */
    public static Path recipe(FileServer server, Path file, String pieces) throws IOException {
        StringBuilder downloads = new StringBuilder();
        for (String[] download : new String[][] {
            {"europarl", "/wmt13/training-parallel-europarl-v7.tgz"},
            {"giga", "/wmt10/training-giga.tar"},
            {"dev", "/wmt19/dev.tgz"},
            {"memory", "/opus/en-de.tmx.gz"}
        }) {
            downloads.append(download(download[0], server.url(download[1]), server.content(download[1])));
        }
        boolean learn = pieces.isEmpty();
        String text = """
                name: small
                PIECES
                corpora:
                  - {file: text/europarl.tsv.gz, source: en, target: de, prefix: "<2de>"}
                  - {file: text/giga.tsv.gz, source: en, target: de, prefix: "<2de>", weight: 2}
                  - {file: text/memory.tsv.gz, source: en, target: de, prefix: "<2de>"}
                  - {file: text/europarl.tsv.gz, source: de, target: en, prefix: "<2en>", reversed: true}
                development:
                  - {file: text/newstest2013.tsv.gz, source: en, target: de, prefix: "<2de>"}
                  - {file: text/newstest2013.tsv.gz, source: de, target: en, prefix: "<2en>", reversed: true}
                preparation:
                  downloads:
                DOWNLOADS  training:
                    - {name: europarl, download: europarl, format: LINES, source: en, target: de,
                       sourceFile: training/europarl-v7.de-en.en, targetFile: training/europarl-v7.de-en.de}
                    - {name: giga, download: giga, format: LINES, source: en, target: de,
                       sourceFile: giga.fixed.en.gz, targetFile: giga.fixed.de.gz}
                    - {name: memory, download: memory, format: TMX, source: en, target: de}
                  heldOut:
                    - {name: newstest2013, download: dev, format: LINES, source: en, target: de,
                       sourceFile: dev/newstest2013.en, targetFile: dev/newstest2013.de}
                    - {name: newstest2014, download: dev, format: SGML, source: en, target: de,
                       sourceFile: dev/newstest2014-deen-src.en.sgm, targetFile: dev/newstest2014-deen-ref.de.sgm}
                  cleaning: {maximumWords: 50, maximumCharacters: 500, maximumLengthRatio: 3, lengthSlack: 20, minimumLetters: 0.5,
                    markup: true, identical: true, duplicates: true, language: true}
                VOCABULARY
                maximumTokens: 60
                network:
                  vocabularySize: SIZE
                  width: 16
                  lstmCells: 16
                  encoderLayers: 1
                  decoderLayers: 2
                  bidirectional: true
                  residualFrom: 1
                  attention: {form: PARALLEL, score: FACTORISED, size: 16}
                  mixture: {experts: 2, perRow: 1, hidden: 16, encoderAfter: [1], decoderAfter: [1], importanceWeight: 0.01,
                    loadWeight: 0.01, noiseFloor: 0.01, sigmoid: false}
                  sharedSoftmax: true
                  dropout: 0
                  maximumLength: 100
                training:
                  seed: 1
                  precision: FLOAT32
                  tokensPerBatch: 500
                  updates: 4
                  labelSmoothing: 0.1
                  learningRate: {peak: 0.003, warmup: 2, constant: 2, cooldown: 0}
                  adam: {beta1: 0.9, beta2: 0.98, epsilon: 1.0e-8}
                  clipNorm: 1.0
                  checkpointEvery: 2
                  keepCheckpoints: 1
                  validateEvery: 4
                  validateSentences: 2
                  modelPrecision: F32
                """.replace("PIECES\n", learn ? "" : pieces + "\n")
                .replace("DOWNLOADS", downloads)
                .replace("VOCABULARY\n", learn ? "  vocabulary: {sentences: 600}\n" : "")
                .replace("SIZE", learn ? "330" : "1000");
        return Files.writeString(file, text);
    }
}
