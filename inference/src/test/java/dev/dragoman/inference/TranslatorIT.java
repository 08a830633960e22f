package dev.dragoman.inference;

import static dev.dragoman.model.TestDevice.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dragoman.model.TestDevice;
import dev.dragoman.model.configuration.NetworkConfiguration.Form;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole path from text to text, over a network with random weights. */
@ExtendWith(TestDevice.class)
class TranslatorIT {
    private static final LanguagePair EN_FR = new LanguagePair("en", "fr");
    private static final LanguagePair EN_DE = new LanguagePair("en", "de");
    private static final TranslationOptions EVERYTHING = new TranslationOptions(4, 4, 0.6, 0.2, 1);
    private static final List<String> SENTENCES = List.of(
            "The package could not be installed.",
            "A file.",
            "",
            "Please restart the program",
            "e",
            "The new version of the file is open.",
            "A file.",
            "not available",
            "be",
            "restart the version");

    @TempDir
    Path directory;

    private Translator translator;

    private void open(Form form) {
        translator = Translator.open(TinyModel.write(directory, TinyModel.configuration(form), 5));
    }

    @AfterEach
    void close() {
        translator.close();
    }

    @ParameterizedTest
    @EnumSource
    void open_modelDirectory_describesItself(Form form) {
        open(form);
        assertThat(translator.modelVersion()).isNotBlank();
        assertThat(translator.languagePairs()).containsExactly(EN_FR, EN_DE);
        assertThat(translator.maximumSourceTokens()).isEqualTo(TinyModel.MAXIMUM_LENGTH);
        assertThat(translator.countTokens("The package")).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void translate_batch_equalsOneByOne(Form form) {
        open(form);
        for (TranslationOptions options : List.of(TranslationOptions.GREEDY, TranslationOptions.BEAM_4, EVERYTHING)) {
            List<Translation> together = translator.translate(SENTENCES, EN_FR, options);
            for (int i = 0; i < SENTENCES.size(); i++) {
                assertSame(
                        together.get(i),
                        translator
                                .translate(List.of(SENTENCES.get(i)), EN_FR, options)
                                .get(0));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void translate_otherOrder_changesNothing(Form form) {
        open(form);
        List<String> shuffled = new ArrayList<>(SENTENCES);
        Collections.shuffle(shuffled, new Random(3));

        List<Translation> expected = translator.translate(SENTENCES, EN_DE, EVERYTHING);
        List<Translation> actual = translator.translate(shuffled, EN_DE, EVERYTHING);

        for (int i = 0; i < shuffled.size(); i++) {
            assertSame(actual.get(i), expected.get(SENTENCES.indexOf(shuffled.get(i))));
        }
    }

    @ParameterizedTest
    @EnumSource
    void translate_withAlignments_isTheSameText(Form form) {
        open(form);
        List<Translation> plain = translator.translate(SENTENCES, EN_FR, TranslationOptions.BEAM_4);
        List<Translation> aligned = translator.translate(SENTENCES, EN_FR, TranslationOptions.BEAM_4.withAlignments());
        for (int i = 0; i < plain.size(); i++) {
            Translation.Hypothesis hypothesis = aligned.get(i).hypotheses().get(0);
            assertThat(hypothesis.text()).isEqualTo(plain.get(i).text());
            assertThat(plain.get(i).hypotheses().get(0).alignment()).isEmpty();
            if (!hypothesis.text().isBlank() && !hypothesis.text().equals(SENTENCES.get(i))) {
                assertThat(hypothesis.alignment())
                        .isNotEmpty()
                        .allSatisfy(word -> assertThat(word).isNotNegative());
            }
        }
    }

    /** Otherwise the laws above would hold for a network that always says the same. */
    @ParameterizedTest
    @EnumSource
    void translate_differentSentences_areToldApart(Form form) {
        open(form);
        assertThat(translator.translate(SENTENCES, EN_FR, TranslationOptions.BEAM_4).stream()
                        .map(Translation::text)
                        .distinct())
                .hasSizeGreaterThan(SENTENCES.size() / 2);
    }

    @ParameterizedTest
    @EnumSource
    void translate_twoDirections_differ(Form form) {
        open(form);
        assertThat(translator.translate(SENTENCES, EN_FR, TranslationOptions.GREEDY))
                .isNotEqualTo(translator.translate(SENTENCES, EN_DE, TranslationOptions.GREEDY));
    }

    @ParameterizedTest
    @EnumSource
    void translate_limit_isKept(Form form) {
        open(form);
        for (Translation translation : translator.translate(SENTENCES, EN_FR, EVERYTHING)) {
            for (Translation.Hypothesis hypothesis : translation.hypotheses()) {
                assertThat(hypothesis.tokens()).isLessThanOrEqualTo(translation.sourceTokens() + 10);
                assertThat(hypothesis.score()).isFinite().isNotPositive();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void translate_tooLong_isRefusedBeforeTheNetwork(Form form) {
        open(form);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> translator.translate(List.of("version ".repeat(50)), EN_FR, TranslationOptions.GREEDY))
                .withMessageStartingWith("Sentence 0 must have at most 40 tokens, but has ");
    }

    @ParameterizedTest
    @EnumSource
    void translate_manyThreads_equalsOne(Form form) throws InterruptedException, ExecutionException {
        open(form);
        List<Translation> expected = translator.translate(SENTENCES, EN_FR, EVERYTHING);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<Translation>>> futures = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                futures.add(threads.submit(() -> translator.translate(SENTENCES, EN_FR, EVERYTHING)));
            }
            for (Future<List<Translation>> future : futures) {
                for (int i = 0; i < expected.size(); i++) {
                    assertSame(future.get().get(i), expected.get(i));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Equal to the last id; scores to the rounding of products that are summed in another order. */
    private static void assertSame(Translation actual, Translation expected) {
        assertThat(actual.sourceTokens()).isEqualTo(expected.sourceTokens());
        assertThat(actual.hypotheses())
                .extracting(Translation.Hypothesis::text)
                .isEqualTo(expected.hypotheses().stream()
                        .map(Translation.Hypothesis::text)
                        .toList());
        for (int i = 0; i < actual.hypotheses().size(); i++) {
            Translation.Hypothesis hypothesis = actual.hypotheses().get(i);
            assertThat(hypothesis.tokens())
                    .isEqualTo(expected.hypotheses().get(i).tokens());
            assertThat(hypothesis.truncated())
                    .isEqualTo(expected.hypotheses().get(i).truncated());
            assertThat(hypothesis.score())
                    .isCloseTo(expected.hypotheses().get(i).score(), within(1e-4));
        }
    }
}
