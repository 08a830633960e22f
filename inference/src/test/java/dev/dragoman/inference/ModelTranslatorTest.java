package dev.dragoman.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.dragoman.inference.search.DecoderSession;
import dev.dragoman.inference.search.ScriptedSession;
import dev.dragoman.inference.search.ScriptedSession.Script;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.configuration.ModelConfiguration.Direction;
import dev.dragoman.model.configuration.NetworkConfiguration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The translator over a network that copies its source, without native code. */
class ModelTranslatorTest {
    private static final int VOCABULARY_SIZE = 40;
    private static final int TO_FRENCH = 4;
    private static final int MAXIMUM_LENGTH = 20;
    private static final LanguagePair EN_FR = new LanguagePair("en", "fr");
    private static final LanguagePair EN_DE = new LanguagePair("en", "de");

    private static final List<ExpertUse> USE = List.of(new ExpertUse("encoder.mixture1", 4, 10, 0.5, 0.25, 0, 1.5));

    private final List<int[]> sources = Collections.synchronizedList(new ArrayList<>());
    private final LetterTokenizer tokenizer = new LetterTokenizer();
    private boolean networkClosed;

    @Test
    void translate_sentence_comesBackThroughTheNetwork() {
        Translation translation = translate(EN_FR, "abc").get(0);

        assertThat(translation.text()).isEqualTo("abc");
        assertThat(translation.sourceTokens()).isEqualTo(3);
        assertThat(translation.hypotheses().get(0).tokens()).isEqualTo(4);
        assertThat(translation.hypotheses().get(0).truncated()).isFalse();
    }

    @Test
    void translate_source_isPrefixPiecesAndEnd() {
        translate(EN_FR, "ab");
        translate(EN_DE, "ab");

        assertThat(sources)
                .containsExactly(
                        new int[] {TO_FRENCH, 10, 11, ScriptedSession.EOS}, new int[] {10, 11, ScriptedSession.EOS});
    }

    @Test
    void translate_mixedLengthsAndBlanks_keepsTheCallersOrder() {
        List<Translation> translations = translate(EN_FR, "a", "", "abcdefgh", " \t", "abc", "?!");

        assertThat(translations).extracting(Translation::text).containsExactly("a", "", "abcdefgh", " \t", "abc", "?!");
        assertThat(translations).extracting(Translation::sourceTokens).containsExactly(1, 0, 8, 0, 3, 0);
    }

    @Test
    void expertUse_isThatOfTheNetwork() {
        try (ModelTranslator translator = translator(copying())) {
            assertThat(translator.expertUse()).isEqualTo(USE);
            assertThat(translator.computedBy()).isEqualTo("paper");
        }
    }

    @Test
    void translate_onlyBlanks_asksNoNetwork() {
        assertThat(translate(EN_FR, "", "  ")).extracting(Translation::text).containsExactly("", "  ");
        assertThat(sources).isEmpty();
    }

    @Test
    void translate_nothing_isNothing() {
        assertThat(translate(EN_FR)).isEmpty();
    }

    @Test
    void translate_nBest_returnsThemInOrder() {
        Translation translation = translator(copying())
                .translate(List.of("abc"), EN_FR, new TranslationOptions(4, 3, 0.6, 0, 2))
                .get(0);

        assertThat(translation.hypotheses()).hasSize(3);
        assertThat(translation.hypotheses())
                .extracting(Translation.Hypothesis::score)
                .isSortedAccordingTo(Collections.reverseOrder());
        assertThat(translation.text()).isEqualTo("abc");
    }

    @Test
    void translate_lengthLimit_isTheFactorTimesTheSourcePlusTen() {
        Script endless = (sentence, history) -> certainly(LetterTokenizer.A);

        Translation translation = translator(() -> new ScriptedSession(endless))
                .translate(List.of("abcd"), EN_FR, TranslationOptions.GREEDY)
                .get(0);

        assertThat(translation.text()).isEqualTo("a".repeat(18));
        assertThat(translation.hypotheses().get(0).truncated()).isTrue();
    }

    @Test
    void translate_longestSentence_isAccepted() {
        assertThat(translate(EN_FR, "z".repeat(MAXIMUM_LENGTH)).get(0).text()).hasSize(MAXIMUM_LENGTH);
    }

    @Test
    void translate_tooLong_namesSentenceLimitAndValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate(EN_FR, "a", "a".repeat(21)))
                .withMessage("Sentence 1 must have at most 20 tokens, but has 21");
        assertThat(sources).isEmpty();
    }

    @Test
    void translate_unservedPair_namesItAndTheServedOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> translate(new LanguagePair("fr", "en"), "a"))
                .withMessage("The language pair fr-en is not served; served are [en-fr, en-de]");
    }

    @Test
    void languagePairs_areInTheOrderOfTheConfiguration() {
        assertThat(translator(copying()).languagePairs()).containsExactly(EN_FR, EN_DE);
    }

    @Test
    void model_isDescribed() {
        ModelTranslator translator = translator(copying());

        assertThat(translator.modelVersion()).isEqualTo("v1");
        assertThat(translator.maximumSourceTokens()).isEqualTo(MAXIMUM_LENGTH);
        assertThat(translator.countTokens("abc ?")).isEqualTo(3);
    }

    @Test
    void segment_text_joinsToWhatItWas() {
        String text = "  One is here. Two is there.\n\nThree?\t";

        Segmentation segmentation = translator(copying()).segment(text, "en");

        assertThat(segmentation.sentences()).containsExactly("One is here.", "Two is there.", "Three?");
        assertThat(segmentation.join(segmentation.sentences())).isEqualTo(text);
    }

    @Test
    void segment_unknownLanguage_usesCommonRules() {
        assertThat(translator(copying()).segment("One. Two.", "xx").sentences()).isNotEmpty();
    }

    @Test
    void session_sentencesOfDifferentPairsAndOptions_shareItsSteps() {
        try (TranslationSession session = session(translator(copying()))) {
            CompletableFuture<Translation> french = session.submit("abc", EN_FR, TranslationOptions.GREEDY);
            assertThat(session.step()).isTrue();
            CompletableFuture<Translation> german =
                    session.submit("xyz", EN_DE, new TranslationOptions(4, 2, 0.6, 0, 2));
            assertThat(session.occupancy().sentences()).isEqualTo(2);
            while (session.step()) {
                assertThat(session.occupancy().rows()).isPositive();
            }
            assertThat(french.join().text()).isEqualTo("abc");
            assertThat(french.join().sourceTokens()).isEqualTo(3);
            assertThat(german.join().text()).isEqualTo("xyz");
            assertThat(german.join().hypotheses()).hasSize(2);
            assertThat(session.occupancy().sentences()).isZero();
        }
    }

    @Test
    void session_cancelled_leavesInTheMiddle() {
        try (TranslationSession session = session(translator(copying()))) {
            CompletableFuture<Translation> cancelled = session.submit("abcdefgh", EN_FR, TranslationOptions.GREEDY);
            session.step();
            cancelled.cancel(false);
            assertThat(session.step()).isFalse();
        }
    }

    @Test
    void session_blankSentence_isThereAtOnce() {
        try (TranslationSession session = session(translator(copying()))) {
            assertThat(session.submit(" ", EN_FR, TranslationOptions.GREEDY)
                            .join()
                            .text())
                    .isEqualTo(" ");
            assertThat(session.step()).isFalse();
        }
    }

    @Test
    void session_tooLongOrUnserved_isRefused() {
        try (TranslationSession session = session(translator(copying()))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> session.submit("a".repeat(21), EN_FR, TranslationOptions.GREEDY))
                    .withMessage("The sentence must have at most 20 tokens, but has 21");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> session.submit("a", new LanguagePair("fr", "en"), TranslationOptions.GREEDY));
        }
    }

    @Test
    void close_closesSessions() {
        ModelTranslator translator = translator(copying());
        TranslationSession session = session(translator);
        CompletableFuture<Translation> left = session.submit("abc", EN_FR, TranslationOptions.GREEDY);
        session.step();
        translator.close();
        assertThatIllegalStateException().isThrownBy(session::step).withMessage("The translator is closed");
        session.close();
        assertThat(left).isNotDone();
    }

    private static TranslationSession session(ModelTranslator translator) {
        return translator.openSession();
    }

    @Test
    void close_releasesNetworkAndTokenizerOnce() {
        ModelTranslator translator = translator(copying());

        translator.close();
        translator.close();

        assertThat(networkClosed).isTrue();
        assertThat(tokenizer.closed).isTrue();
        assertThatIllegalStateException()
                .isThrownBy(() -> translator.translate(List.of("a"), EN_FR, TranslationOptions.GREEDY))
                .withMessage("The translator is closed");
        assertThatIllegalStateException().isThrownBy(() -> translator.countTokens("a"));
    }

    @Test
    void close_duringATranslation_waitsForIt() throws InterruptedException {
        CountDownLatch searching = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        ModelTranslator translator = translator(() -> {
            searching.countDown();
            await(goOn);
            assertThat(networkClosed).isFalse();
            return copying().get();
        });
        List<Translation> results = Collections.synchronizedList(new ArrayList<>());
        Thread caller = new Thread(
                () -> results.addAll(translator.translate(List.of("abc"), EN_FR, TranslationOptions.GREEDY)));
        Thread closer = new Thread(translator::close);

        caller.start();
        await(searching);
        closer.start();
        goOn.countDown();
        caller.join(10_000);
        closer.join(10_000);

        assertThat(results).extracting(Translation::text).containsExactly("abc");
        assertThat(networkClosed).isTrue();
    }

    private List<Translation> translate(LanguagePair pair, String... sentences) {
        // Without the coverage penalty, since the script has no attention.
        return translator(copying()).translate(List.of(sentences), pair, new TranslationOptions(4, 1, 0.6, 0, 2));
    }

    private ModelTranslator translator(Supplier<DecoderSession> sessions) {
        Map<LanguagePair, int[]> prefixes = new LinkedHashMap<>();
        prefixes.put(EN_FR, new int[] {TO_FRENCH});
        prefixes.put(EN_DE, new int[0]);
        return new ModelTranslator(
                new ModelTranslator.Network(
                        "v1", "paper", configuration(), sessions, () -> USE, () -> networkClosed = true),
                tokenizer,
                prefixes,
                Map.of());
    }

    /** A network that is nearly certain of its source's next letter. */
    private Supplier<DecoderSession> copying() {
        return () -> {
            List<int[]> letters = new ArrayList<>();
            Script script = (sentence, history) ->
                    certainly(letters.get(sentence)[Math.min(history.size(), letters.get(sentence).length - 1)]);
            return new ScriptedSession(script, source -> {
                sources.add(source);
                letters.add(Arrays.stream(source).filter(id -> id != TO_FRENCH).toArray());
                return letters.size() - 1;
            });
        };
    }

    private static float[] certainly(int id) {
        float[] logProbabilities = new float[VOCABULARY_SIZE];
        Arrays.fill(logProbabilities, (float) Math.log(0.1 / (VOCABULARY_SIZE - 1)));
        logProbabilities[id] = (float) Math.log(0.9);
        return logProbabilities;
    }

    private static ModelConfiguration configuration() {
        return new ModelConfiguration(
                ModelConfiguration.FORMAT,
                "copy",
                0,
                ScriptedSession.BOS,
                ScriptedSession.EOS,
                List.of(new Direction("en", "fr", "<2fr>"), new Direction("en", "de", "")),
                new NetworkConfiguration(
                        VOCABULARY_SIZE,
                        8,
                        8,
                        1,
                        1,
                        false,
                        1,
                        new NetworkConfiguration.Attention(
                                NetworkConfiguration.Form.PARALLEL, NetworkConfiguration.Score.ADDITIVE, 8),
                        new NetworkConfiguration.Mixture(1, 1, 8, List.of(), List.of(), 0, 0, 0, false),
                        true,
                        0,
                        MAXIMUM_LENGTH));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
