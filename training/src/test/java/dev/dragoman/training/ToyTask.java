package dev.dragoman.training;

import dev.dragoman.model.configuration.NetworkConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.Attention;
import dev.dragoman.model.configuration.NetworkConfiguration.BothWays;
import dev.dragoman.model.configuration.NetworkConfiguration.ContextTo;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import dev.dragoman.model.configuration.NetworkConfiguration.Join;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.model.configuration.NetworkConfiguration.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A language of ten words: a sentence's one right translation is each word's counterpart, in the same order or in the reverse. A small
 * network learns it in seconds, and only if every part of it works: the reverse order cannot be had without attention.
 */
final class ToyTask {
    /** 1,000 pieces; the words below are one piece each. */
    static final Path PIECES = Path.of("../tokenizer/src/test/resources/dev/dragoman/tokenizer/pieces.model");

    static final int VOCABULARY = 1000;

    private static final List<String> SOURCE =
            List.of("the", "and", "for", "you", "that", "can", "with", "are", "this", "will");
    private static final List<String> TARGET =
            List.of("der", "und", "pour", "ein", "les", "des", "une", "pas", "par", "est");

    private ToyTask() {}

    /** Writes {@code train.tsv} and {@code dev.tsv}, which has other sentences. */
    static void write(Path folder, boolean reversed, int pairs) throws IOException {
        List<String> lines = new ArrayList<>();
        Random random = new Random(31);
        while (lines.size() < pairs + 50) {
            String line = pair(reversed, random);
            if (!lines.contains(line)) {
                lines.add(line);
            }
        }
        Files.write(folder.resolve("train.tsv"), lines.subList(0, pairs));
        Files.write(folder.resolve("dev.tsv"), lines.subList(pairs, pairs + 50));
    }

    private static String pair(boolean reversed, Random random) {
        int[] words = random.ints(2 + random.nextInt(5), 0, SOURCE.size()).toArray();
        List<String> source = Arrays.stream(words).mapToObj(SOURCE::get).toList();
        List<String> target =
                new ArrayList<>(Arrays.stream(words).mapToObj(TARGET::get).toList());
        if (reversed) {
            Collections.reverse(target);
        }
        return String.join(" ", source) + "\t" + String.join(" ", target);
    }

    static NetworkConfiguration network(Form form, Score score, double dropout) {
        return new NetworkConfiguration(
                VOCABULARY,
                48,
                48,
                1,
                2,
                true,
                1,
                new Attention(form, score, 32),
                new Mixture(4, 2, 48, List.of(1), List.of(1), 0.01, 0.01, 0.01, false),
                true,
                dropout,
                50);
    }

    /**
     * A small GNMT (Wu et al. 2016): dense, the encoder's layer of twice the width, the context to every decoder layer. With more layers
     * below the residual connections plain cells do not begin to align within hundreds of updates.
     */
    static NetworkConfiguration gnmt() {
        return new NetworkConfiguration(
                VOCABULARY,
                48,
                48,
                1,
                2,
                true,
                2,
                new Attention(Form.RECURRENT, Score.ADDITIVE, 32, 1, ContextTo.LAYERS),
                new Mixture(1, 1, 1, List.of(), List.of(), 0, 0, 0, false),
                true,
                0,
                50,
                new BothWays(1, Join.CONCATENATED),
                false);
    }

    /**
     * A small RNMT+ (Chen et al. 2018): every encoder layer both ways, normalised gates, four heads, the context to every decoder layer and
     * the softmax; and, as it has not, experts.
     */
    static NetworkConfiguration rnmt() {
        return new NetworkConfiguration(
                VOCABULARY,
                48,
                48,
                2,
                3,
                true,
                3,
                new Attention(Form.INPUT_FEEDING, Score.ADDITIVE, 32, 4, ContextTo.LAYERS_AND_SOFTMAX),
                new Mixture(4, 2, 48, List.of(1), List.of(1), 0.01, 0.01, 0.01, false),
                false,
                0.1,
                50,
                new BothWays(2, Join.CONCATENATED),
                true);
    }

    static TranslationRecipe recipe(NetworkConfiguration network, Recipe.Training training) {
        return new TranslationRecipe(
                "toy", "pieces.model", List.of(corpus("train.tsv")), List.of(corpus("dev.tsv")), 50, network, training);
    }

    private static TranslationRecipe.Corpus corpus(String file) {
        return new TranslationRecipe.Corpus(file, "en", "fr", null, null, null);
    }

    /** {@code updates} updates of some 300 tokens, a checkpoint every {@code every}, validation at the end. */
    static Recipe.Training training(int updates, int every) {
        return Trainings.of("""
                seed: 5
                precision: FLOAT32
                tokensPerBatch: 300
                updates: %d
                labelSmoothing: 0.1
                learningRate: {peak: 0.01, warmup: 30, constant: %d, cooldown: %d}
                adam: {beta1: 0.9, beta2: 0.98, epsilon: 1.0e-8}
                clipNorm: 1
                checkpointEvery: %d
                keepCheckpoints: 2
                validateEvery: %d
                validateSentences: 0
                modelPrecision: F32
                """.formatted(updates, updates, updates / 3, every, updates));
    }

    static TranslationObjective objective(TranslationRecipe recipe, Path folder) throws IOException {
        return recipe.open(folder.resolve("recipe.yaml"), folder, PIECES, 1);
    }
}
