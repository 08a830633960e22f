package dev.dragoman.training;

import dev.dragoman.model.configuration.LanguageModelConfiguration;
import dev.dragoman.model.configuration.NetworkConfiguration.GateKind;
import dev.dragoman.model.configuration.NetworkConfiguration.Gating;
import dev.dragoman.model.configuration.NetworkConfiguration.Mixture;
import dev.dragoman.training.Recipe.Experts;
import dev.dragoman.training.data.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Sentences of two languages of ten words: each word has two that may follow it. So beside the first word and the end there is one bit to
 * guess at each place, and a network that has learnt the language has a perplexity of little more than two.
 */
final class ToyLanguage {
    private static final List<List<String>> WORDS = List.of(
            List.of("the", "and", "for", "you", "that", "can", "with", "are", "this", "will"),
            List.of("der", "und", "pour", "ein", "les", "des", "une", "pas", "par", "est"));

    private ToyLanguage() {}

    /** Writes {@code train.tsv} and {@code dev.tsv}, which share no sentence. */
    static void write(Path folder, int pairs) throws IOException {
        Random random = new Random(17);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < pairs + 40; i++) {
            lines.add(sentence(0, random) + "\t" + sentence(1, random));
        }
        Files.write(folder.resolve("train.tsv"), lines.subList(0, pairs));
        Files.write(folder.resolve("dev.tsv"), lines.subList(pairs, pairs + 40));
    }

    private static String sentence(int language, Random random) {
        int word = random.nextInt(10);
        List<String> words = new ArrayList<>();
        for (int length = 10; length > 0; length--) {
            words.add(WORDS.get(language).get(word));
            word = (3 * word + 1 + random.nextInt(2)) % 10;
        }
        return String.join(" ", words);
    }

    static LanguageModelConfiguration network(int experts, Gating gating) {
        return new LanguageModelConfiguration(
                ToyTask.VOCABULARY,
                32,
                32,
                2,
                1,
                new Mixture(experts, 2, 24, List.of(), List.of(1), 0.1, 0.1, 0.01, true, gating),
                true,
                0.1,
                40);
    }

    /** Sixteen experts in four groups, in 16 bits, with the factored optimiser. */
    static LanguageModelRecipe recipe(int updates, int every) {
        Experts experts = new Experts(Experts.Kind.FACTORED, Experts.Weights.BFLOAT16, 0.999, 1e-8, 1);
        return recipe(network(16, new Gating(GateKind.NOISY_TOP_K, 4)), updates, every, experts);
    }

    static LanguageModelRecipe recipe(LanguageModelConfiguration network, int updates, int every, Experts experts) {
        return new LanguageModelRecipe(
                "toy",
                "pieces.model",
                List.of(corpus("train.tsv", Column.SOURCE, Column.TARGET)),
                List.of(corpus("dev.tsv", Column.SOURCE), corpus("dev.tsv", Column.TARGET)),
                50,
                network,
                Trainings.with(ToyTask.training(updates, every), """
                        tokensPerBatch: 600, labelSmoothing: 0, experts: %s,
                        learningRate: {peak: 0.01, warmup: 20, constant: %d, cooldown: %d}
                        """.formatted(yaml(experts), updates, updates / 3)));
    }

    private static String yaml(Experts experts) {
        return "{optimizer: %s, weights: %s, beta2: %s, epsilon: %s, clipRms: %s}"
                .formatted(
                        experts.optimizer(), experts.weights(), experts.beta2(), experts.epsilon(), experts.clipRms());
    }

    static LanguageModelRecipe.Corpus corpus(String file, Column... columns) {
        return new LanguageModelRecipe.Corpus(file, List.of(columns), null, null);
    }

    static LanguageModelObjective objective(LanguageModelRecipe recipe, Path folder) throws IOException {
        return recipe.open(folder.resolve("recipe.yaml"), folder, ToyTask.PIECES, 1);
    }
}
