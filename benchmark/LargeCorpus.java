import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/**
 * Makes a parallel corpus of any size from a small one, and a recipe that prepares it: how fast is {@code ./dragoman prepare}, and does its
 * memory grow with the text?
 *
 * <p>Run: {@code xzcat train.tsv.xz | java benchmark/LargeCorpus.java 4000000 DIR}, then
 * {@code DRAGOMAN_JAVA_OPTS=-Xmx256m ./dragoman prepare --recipe DIR/recipe.yaml --output DIR/data --downloads DIR}. Nothing is fetched: the files
 * are there already. Each pair is a sentence of the small corpus with a number of its own behind it on both sides; one in twenty repeats an
 * earlier pair.
 */
public final class LargeCorpus {
    private static final int DEVELOPMENT_PAIRS = 100;

    private LargeCorpus() {}

    public static void main(String[] arguments) throws IOException {
        long pairs = Long.parseLong(arguments[0]);
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        List<String[]> small = new ArrayList<>();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            small.add(line.split("\t", 3));
        }
        SplittableRandom random = new SplittableRandom(1);
        try (BufferedWriter source = compressed(folder.resolve("generated.en.gz"));
                BufferedWriter target = compressed(folder.resolve("generated.de.gz"))) {
            for (long pair = 0; pair < pairs; pair++) {
                boolean repeats = pair > 0 && random.nextInt(20) == 0;
                long number = repeats ? random.nextLong(pair) : pair;
                String[] text = small.get((int) (number % small.size()));
                source.write(text[0] + " " + number + "\n");
                target.write(text[1] + " " + number + "\n");
            }
        }
        try (BufferedWriter dev = compressed(folder.resolve("dev.tsv.gz"))) {
            for (String[] text : small.subList(0, DEVELOPMENT_PAIRS)) {
                dev.write(text[0] + "\t" + text[1] + "\n");
            }
        }
        Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
    }

    private static BufferedWriter compressed(Path file) throws IOException {
        return new BufferedWriter(
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file), 1 << 16), StandardCharsets.UTF_8));
    }

    private static final String RECIPE =
            """
            name: generated
            corpora:
              - {file: text/generated.tsv.gz, source: en, target: de}
            development:
              - {file: text/dev.tsv.gz, source: en, target: de}
            preparation:
              downloads:
                - {name: en, url: "http://127.0.0.1/generated.en.gz"}
                - {name: de, url: "http://127.0.0.1/generated.de.gz"}
                - {name: dev, url: "http://127.0.0.1/dev.tsv.gz"}
              training:
                - {name: generated, download: en, targetDownload: de, format: LINES, source: en, target: de}
              heldOut:
                - {name: dev, download: dev, format: TSV, source: en, target: de}
              cleaning: {maximumWords: 120, maximumCharacters: 1000, maximumLengthRatio: 2.5, lengthSlack: 20, minimumLetters: 0.5,
                markup: true, identical: true, duplicates: true, language: true}
              vocabulary: {sentences: 200000}
            maximumTokens: 128
            network:
              vocabularySize: 8000
              width: 16
              lstmCells: 16
              encoderLayers: 1
              decoderLayers: 1
              bidirectional: true
              residualFrom: 1
              attention: {form: PARALLEL, score: FACTORISED, size: 16}
              mixture: {experts: 2, perRow: 1, hidden: 16, encoderAfter: [], decoderAfter: [], importanceWeight: 0.01,
                loadWeight: 0.01, noiseFloor: 0.01, sigmoid: false}
              sharedSoftmax: true
              dropout: 0
              maximumLength: 1000
            training:
              seed: 1
              precision: FLOAT32
              tokensPerBatch: 1000
              updates: 2
              labelSmoothing: 0
              learningRate: {peak: 0.001, warmup: 1, constant: 1, cooldown: 0}
              adam: {beta1: 0.9, beta2: 0.98, epsilon: 1.0e-8}
              clipNorm: 1.0
              checkpointEvery: 2
              keepCheckpoints: 1
              validateEvery: 2
              validateSentences: 1
              modelPrecision: F32
            """;
}
