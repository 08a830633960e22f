package dev.dragoman.training.data;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Pairs of random numbers with the lengths of real text: log-normal, median 17, a target about as long as its source. */
final class ToyCorpus {
    private ToyCorpus() {}

    static Path write(Path file, int pairs, long seed) throws IOException {
        Random random = new Random(seed);
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (int i = 0; i < pairs; i++) {
                int source = limit(Math.exp(2.83 + 0.75 * random.nextGaussian()));
                int target = limit(source * Math.exp(0.12 + 0.25 * random.nextGaussian()));
                writer.write(sentence(source, random) + "\t" + sentence(target, random) + "\n");
            }
        }
        return file;
    }

    private static int limit(double length) {
        return (int) Math.max(1, Math.min(120, Math.round(length)));
    }

    private static String sentence(int length, Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(i == 0 ? "" : " ").append(10 + random.nextInt(8000));
        }
        return text.toString();
    }
}
