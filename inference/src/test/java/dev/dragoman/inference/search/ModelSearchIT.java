package dev.dragoman.inference.search;

import static dev.dragoman.inference.search.ScriptedSession.BOS;
import static dev.dragoman.inference.search.ScriptedSession.EOS;
import static dev.dragoman.model.TestDevice.within;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.inference.ModelDecoderSession;
import dev.dragoman.inference.TinyModel;
import dev.dragoman.inference.search.ScriptedSession.Script;
import dev.dragoman.model.Decoding;
import dev.dragoman.model.TestDevice;
import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The search over a real network of four pieces, against searches that replay every history from the start. */
@ExtendWith(TestDevice.class)
class ModelSearchIT {
    private static final int VOCABULARY_SIZE = 4;
    private static final int LIMIT = 4;
    private static final int[][] SOURCES = {{3, 1, 2}, {1, 1, 3, 1, 3, 2}, {2}, {1, 3, 3, 2}};

    @TempDir
    Path directory;

    private TranslationModel model;

    private void open(Form form) {
        model = TranslationModel.open(
                TinyModel.write(directory, TinyModel.configuration(form, VOCABULARY_SIZE, BOS, EOS), 17));
    }

    @AfterEach
    void close() {
        model.close();
    }

    @ParameterizedTest
    @EnumSource
    void beamOfTheWholeSpace_isExhaustive(Form form) {
        open(form);
        SearchOptions options = new SearchOptions(1000, 20, 0.6, 0.2, false);

        List<List<Hypothesis>> found = search(options);

        for (int sentence = 0; sentence < SOURCES.length; sentence++) {
            assertSame(found.get(sentence), new ReferenceSearch(new Replay(), options).exhaustive(sentence, LIMIT));
        }
    }

    @ParameterizedTest
    @EnumSource
    void narrowBeam_equalsTheReference(Form form) {
        open(form);
        SearchOptions options = new SearchOptions(3, 3, 1, 0, false);

        List<List<Hypothesis>> found = search(options);

        for (int sentence = 0; sentence < SOURCES.length; sentence++) {
            assertSame(found.get(sentence), new ReferenceSearch(new Replay(), options).beam(sentence, LIMIT));
        }
    }

    @ParameterizedTest
    @EnumSource
    void greedy_isTheMostProbableTokenAtEachStep(Form form) {
        open(form);
        List<List<Hypothesis>> found = search(SearchOptions.GREEDY);

        for (int sentence = 0; sentence < SOURCES.length; sentence++) {
            assertThat(Arrays.stream(found.get(sentence).get(0).ids()).boxed())
                    .isEqualTo(new ReferenceSearch(new Replay(), SearchOptions.GREEDY).greedy(sentence, LIMIT));
        }
    }

    private List<List<Hypothesis>> search(SearchOptions options) {
        int[] limits = new int[SOURCES.length];
        Arrays.fill(limits, LIMIT);
        return TestSearch.search(
                new ModelDecoderSession(model.decode(new int[0][]), VOCABULARY_SIZE), options, SOURCES, limits);
    }

    private static void assertSame(List<Hypothesis> actual, List<Hypothesis> expected) {
        assertThat(actual)
                .extracting(Hypothesis::ids)
                .containsExactly(expected.stream().map(Hypothesis::ids).toArray(int[][]::new));
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).truncated()).isEqualTo(expected.get(i).truncated());
            assertThat(actual.get(i).score()).isCloseTo(expected.get(i).score(), within(1e-4));
        }
    }

    /** The network with one row, fed a whole history: neither batch nor reordering nor shared state. */
    private final class Replay implements Script {
        /** The reference asks for the same histories many times over. */
        private final Map<Integer, Map<List<Integer>, Decoding.Step>> replayed = new HashMap<>();

        @Override
        public float[] logProbabilities(int sentence, List<Integer> history) {
            Decoding.Step step = step(sentence, history);
            float[] logProbabilities = new float[VOCABULARY_SIZE];
            for (int i = 0; i < VOCABULARY_SIZE; i++) {
                logProbabilities[step.ids()[i]] = step.logProbabilities()[i];
            }
            return logProbabilities;
        }

        @Override
        public float[] attention(int sentence, List<Integer> history) {
            return Objects.requireNonNull(step(sentence, history).attention())[0];
        }

        @Override
        public int sourceLength(int sentence) {
            return SOURCES[sentence].length;
        }

        private Decoding.Step step(int sentence, List<Integer> history) {
            return replayed.computeIfAbsent(sentence, key -> new HashMap<>())
                    .computeIfAbsent(history, ids -> replay(sentence, ids));
        }

        private Decoding.Step replay(int sentence, List<Integer> history) {
            try (Decoding decoding = model.decode(new int[][] {SOURCES[sentence]})) {
                Decoding.Step step = decoding.step(new int[] {BOS}, VOCABULARY_SIZE, true);
                for (int id : history) {
                    step = decoding.step(new int[] {id}, VOCABULARY_SIZE, true);
                }
                return step;
            }
        }
    }
}
