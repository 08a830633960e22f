package dev.dragoman.benchmark;

import java.util.Arrays;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Something that translates sentences when its turn comes.
 *
 * @param sentences which of them
 * @param turn translates them, and returns the seconds by the clock
 * @param peer the process that does it, if it is another one; closed with this
 * @param work what it has to do at least
 * @param seconds for a target token, of each round
 */
record Contender(
        String name,
        CorpusSentences sentences,
        ToDoubleFunction<Rounds.Clock> turn,
        @Nullable PythonPeer peer,
        CorpusWork work,
        double[] seconds)
        implements AutoCloseable {
    /** One of this process. */
    static Contender of(String name, CorpusSentences sentences, Runnable translate, CorpusWork work, int rounds) {
        return new Contender(name, sentences, clock -> clock.time(translate), null, work, new double[rounds]);
    }

    /** One of another process. */
    static Contender of(String name, CorpusSentences sentences, PythonPeer peer, CorpusWork work, int rounds) {
        return new Contender(name, sentences, clock -> peer.seconds(1, clock), peer, work, new double[rounds]);
    }

    void take(int round, Rounds.Clock clock) {
        seconds[round] = turn.applyAsDouble(clock) / sentences.tokens();
    }

    /** Target tokens a second: the median of the rounds. */
    double tokensPerSecond() {
        return 1 / Rounds.median(seconds);
    }

    double sentencesPerSecond() {
        return tokensPerSecond() * sentences.sources().length / sentences.tokens();
    }

    double wordsPerSecond() {
        return tokensPerSecond() * sentences.words() / sentences.tokens();
    }

    /** How many times as fast another one is: the median of the rounds' ratios. */
    double slowerThan(Contender other) {
        return new Rounds(Map.of("it", seconds, "other", other.seconds)).ratio("it", "other");
    }

    @Override
    public void close() {
        if (peer != null) {
            peer.close();
        }
    }

    @Override
    public String toString() {
        return name + " " + Arrays.toString(seconds);
    }
}
