package dev.dragoman.training.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Text and recipe of a training that takes seconds: sentences of ten words, read backwards. */
final class ToyRun {
    private static final List<String> SOURCE =
            List.of("the", "and", "for", "you", "that", "can", "with", "are", "this", "will");
    private static final List<String> TARGET =
            List.of("der", "und", "pour", "ein", "les", "des", "une", "pas", "par", "est");

    private ToyRun() {}

    /** Writes {@code train.tsv}, {@code dev.tsv} and {@code recipe.yaml}, whose path it returns. */
    static Path write(Path folder, int updates, int checkpointEvery, int validateEvery) throws IOException {
        Random random = new Random(17);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 220; i++) {
            List<String> source = new ArrayList<>();
            List<String> target = new ArrayList<>();
            for (int word = 0; word < 2 + i % 4; word++) {
                int number = random.nextInt(SOURCE.size());
                source.add(SOURCE.get(number));
                target.add(TARGET.get(number));
            }
            Collections.reverse(target);
            lines.add(String.join(" ", source) + "\t" + String.join(" ", target));
        }
        Files.write(folder.resolve("train.tsv"), lines.subList(0, 200));
        Files.write(folder.resolve("dev.tsv"), lines.subList(200, 220));
        Path pieces = Path.of("../tokenizer/src/test/resources/dev/dragoman/tokenizer/pieces.model")
                .toAbsolutePath()
                .normalize();
        return Files.writeString(
                folder.resolve("recipe.yaml"), """
                name: toy
                pieces: %s
                corpora: [{file: train.tsv, source: en, target: fr}]
                development: [{file: dev.tsv, source: en, target: fr}]
                maximumTokens: 50
                network:
                  vocabularySize: 1000
                  width: 32
                  lstmCells: 32
                  encoderLayers: 1
                  decoderLayers: 1
                  bidirectional: true
                  residualFrom: 1
                  attention: {form: PARALLEL, score: FACTORISED, size: 16}
                  mixture: {experts: 4, perRow: 2, hidden: 32, encoderAfter: [1], decoderAfter: [1],
                            importanceWeight: 0.01, loadWeight: 0.01, noiseFloor: 0.01, sigmoid: false}
                  sharedSoftmax: true
                  dropout: 0.2
                  maximumLength: 50
                training:
                  seed: 5
                  precision: FLOAT32
                  tokensPerBatch: 300
                  updates: %d
                  labelSmoothing: 0.1
                  learningRate: {peak: 0.01, warmup: 20, constant: 40, cooldown: 10}
                  adam: {beta1: 0.9, beta2: 0.98, epsilon: 1.0e-8}
                  clipNorm: 1
                  adaptiveClip: {deviations: 4, decay: 0.98, after: 20}
                  checkpointEvery: %d
                  keepCheckpoints: 2
                  validateEvery: %d
                  validateSentences: 2
                  modelPrecision: I8
                """.formatted(pieces, updates, checkpointEvery, validateEvery));
    }
}
