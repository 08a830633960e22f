package dev.dragoman.inference.search;

import dev.dragoman.inference.search.ScriptedSession.Script;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A random network: the distribution after a history is drawn from a hash of seed, sentence and history.
 *
 * @param vocabularySize ids from 0 on; 0 and 1 are ordinary words here, 2 is {@code </s>}
 * @param sharpness scale of the logits: near 0 all continuations are about equal
 * @param levels if positive, logits take only so many values, so that ties abound
 */
record HashedScript(long seed, int vocabularySize, double sharpness, int levels) implements Script {
    @Override
    public float[] logProbabilities(int sentence, List<Integer> history) {
        SplittableRandom random = random(sentence, history, 1);
        double[] logits = new double[vocabularySize];
        double sum = 0;
        for (int id = 0; id < vocabularySize; id++) {
            double uniform = levels > 0 ? (double) random.nextInt(levels) / levels : random.nextDouble();
            logits[id] = sharpness * uniform;
            sum += Math.exp(logits[id]);
        }
        float[] logProbabilities = new float[vocabularySize];
        for (int id = 0; id < vocabularySize; id++) {
            logProbabilities[id] = (float) (logits[id] - Math.log(sum));
        }
        return logProbabilities;
    }

    @Override
    public float[] attention(int sentence, List<Integer> history) {
        SplittableRandom random = random(sentence, history, 2);
        float[] weights = new float[sourceLength(sentence)];
        float sum = 0;
        for (int source = 0; source < weights.length; source++) {
            weights[source] = (float) Math.pow(random.nextDouble(), 4);
            sum += weights[source];
        }
        for (int source = 0; source < weights.length; source++) {
            weights[source] /= sum;
        }
        return weights;
    }

    @Override
    public int sourceLength(int sentence) {
        return 1 + Math.floorMod(sentence, 4);
    }

    private SplittableRandom random(int sentence, List<Integer> history, int stream) {
        long hash = seed * 31 + sentence;
        hash = hash * 1_000_003 + history.hashCode();
        return new SplittableRandom(hash * 31 + stream);
    }
}
