package dev.dragoman.app.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.fixture.FakeTranslator;
import dev.dragoman.app.sentences.Cancellation;
import dev.dragoman.app.sentences.Deadline;
import dev.dragoman.app.sentences.Lane;
import dev.dragoman.app.sentences.RequestContext;
import dev.dragoman.app.sentences.SentenceRoute;
import dev.dragoman.app.sentences.SentenceRoute.InFlight;
import dev.dragoman.app.sentences.StageListener;
import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.Translation.Hypothesis;
import dev.dragoman.inference.TranslationOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PivotRouteTest {
    private static final LanguagePair FR_EN = new LanguagePair("fr", "en");
    private static final LanguagePair EN_DE = new LanguagePair("en", "de");
    private static final LanguagePair FR_DE = new LanguagePair("fr", "de");

    private final List<Leg> legs = new ArrayList<>();
    private final FakeTranslator reader = new FakeTranslator("v2", EN_DE);

    private record Leg(LanguagePair pair, TranslationOptions options, Map<String, Integer> sentences) {}

    @Test
    void translate_throughTheBridge() {
        Map<String, Translation> found = translate(Map.of("un", 1, "deux trois", 2), TranslationOptions.BEAM_4);
        assertThat(found.get("un").text()).isEqualTo("de(en(un))");
        assertThat(found.get("deux trois").text()).isEqualTo("de(en(deux trois))");
        // Each sentence goes on by itself.
        assertThat(legs).extracting(Leg::pair).containsExactly(FR_EN, EN_DE, EN_DE);
        assertThat(legs)
                .extracting(Leg::sentences)
                .contains(Map.of("en(un)", 1))
                .contains(Map.of("en(deux trois)", 2));
    }

    @Test
    void translate_addsScoresAndKeepsTheSourcesTokens() {
        Translation found =
                translate(Map.of("deux trois", 2), TranslationOptions.BEAM_4).get("deux trois");
        assertThat(found.sourceTokens()).isEqualTo(2);
        assertThat(found.hypotheses().get(0).score()).isEqualTo(-2);
        assertThat(found.hypotheses().get(0).truncated()).isTrue();
    }

    @Test
    void translate_alternativesAreThoseOfTheSecondLeg() {
        TranslationOptions options = new TranslationOptions(4, 3, 0.6, 0.2, 2);
        assertThat(translate(Map.of("un", 1), options).get("un").hypotheses())
                .extracting(Hypothesis::text)
                .containsExactly("de(en(un))", "de(en(un))!", "de(en(un))!!");
        assertThat(legs).extracting(leg -> leg.options().nBest()).containsExactly(1, 3);
    }

    @Test
    void translate_aBridgeTextThatIsTooLongIsCutAtSentencesAndSpaces() {
        String words =
                String.join(" ", IntStream.range(0, 30).mapToObj(i -> "w" + i).toList());
        Map<String, Translation> found = translate(Map.of("short. " + words, 31), TranslationOptions.GREEDY);
        assertThat(legs.get(1).sentences().values())
                .allSatisfy(tokens -> assertThat(tokens).isBetween(1, FakeTranslator.MAXIMUM_TOKENS));
        String text = found.values().iterator().next().text();
        assertThat(text.replaceAll("de\\(|\\)(?=\\s|$|d)", "")).isEqualTo("en(short. " + words + ")");
    }

    @Test
    void translate_aBridgeTextOfOneEndlessWord() {
        String endless = "-x".repeat(100);
        assertThat(translate(Map.of(endless, 1), TranslationOptions.GREEDY)
                        .get(endless)
                        .text())
                .contains("x")
                .startsWith("de(en(");
    }

    @Test
    void translate_aRefusedSecondLeg() {
        SentenceRoute refusing = (sentences, pair, options, request) -> {
            throw new ServiceException.Overloaded(Duration.ofSeconds(3));
        };
        PivotRoute route = new PivotRoute(leg(), refusing, reader, "en", StageListener.NONE);
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> route.translate(Map.of("un", 1), FR_DE, TranslationOptions.GREEDY, request())
                        .thenCompose(InFlight::translations)
                        .join())
                .withCauseInstanceOf(ServiceException.Overloaded.class);
    }

    @Test
    void translate_alignsTheTargetWithTheSource() {
        // The second leg sees three words, and writes two.
        Translation bridged = new Translation(List.of(new Hypothesis("a b c", -1, 3, false, List.of(2, 0, 1))), 3);
        Translation ended = new Translation(List.of(new Hypothesis("x y", -1, 2, false, List.of(2, 0))), 3);
        assertThat(through(bridged, ended).alignment()).containsExactly(1, 2);
        Translation untold = new Translation(List.of(new Hypothesis("x y", -1, 2, false)), 3);
        assertThat(through(bridged, untold).alignment()).isEmpty();
        assertThat(through(untold, ended).alignment()).isEmpty();
    }

    private Hypothesis through(Translation bridged, Translation ended) {
        List<TranslationOptions> asked = new ArrayList<>();
        SentenceRoute first = (sentences, pair, options, request) -> {
            asked.add(options);
            return CompletableFuture.completedFuture(
                    new InFlight(Map.of("un deux trois", CompletableFuture.completedFuture(bridged))));
        };
        SentenceRoute second = (sentences, pair, options, request) -> {
            asked.add(options);
            Map<String, CompletableFuture<Translation>> answers = new LinkedHashMap<>();
            sentences.keySet().forEach(text -> answers.put(text, CompletableFuture.completedFuture(ended)));
            return CompletableFuture.completedFuture(new InFlight(answers));
        };
        Translation found = new PivotRoute(first, second, reader, "en", StageListener.NONE)
                .translate(Map.of("un deux trois", 3), FR_DE, TranslationOptions.GREEDY.withAlignments(), request())
                .thenCompose(InFlight::translations)
                .join()
                .get("un deux trois");
        assertThat(asked).extracting(TranslationOptions::alignments).containsExactly(true, true);
        return found.hypotheses().get(0);
    }

    @Test
    void translate_aSentenceThatIsDoneGoesOnBeforeTheOthers() {
        CompletableFuture<Translation> slow = new CompletableFuture<>();
        Translation fast = new Translation(List.of(new Hypothesis("en(un)", -1, 1, false)), 1);
        SentenceRoute first = (sentences, pair, options, request) -> CompletableFuture.completedFuture(
                new InFlight(Map.of("un", CompletableFuture.completedFuture(fast), "deux", slow)));
        InFlight begun = new PivotRoute(first, leg(), reader, "en", StageListener.NONE)
                .translate(Map.of("un", 1, "deux", 1), FR_DE, TranslationOptions.GREEDY, request())
                .join();
        assertThat(begun.translations(List.of("un")).join().get("un").text()).isEqualTo("de(en(un))");
        assertThat(begun.translations()).isNotDone();
    }

    @Test
    void translate_whatEndsAfterItsRequestDoesNotGoOn() {
        CompletableFuture<Translation> slow = new CompletableFuture<>();
        SentenceRoute first = (sentences, pair, options, request) ->
                CompletableFuture.completedFuture(new InFlight(Map.of("un", slow)));
        RequestContext request = request();
        CompletableFuture<?> gone = new PivotRoute(first, leg(), reader, "en", StageListener.NONE)
                .translate(Map.of("un", 1), FR_DE, TranslationOptions.GREEDY, request)
                .thenCompose(InFlight::translations);
        request.end(Cancellation.CLIENT_GONE);
        slow.complete(new Translation(List.of(new Hypothesis("en(un)", -1, 1, false)), 1));
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(gone::join)
                .withCauseInstanceOf(ServiceException.Cancelled.class);
        assertThat(legs).isEmpty();
    }

    private Map<String, Translation> translate(Map<String, Integer> sentences, TranslationOptions options) {
        return new PivotRoute(leg(), leg(), reader, "en", StageListener.NONE)
                .translate(sentences, FR_DE, options, request())
                .thenCompose(InFlight::translations)
                .join();
    }

    /** Writes the target's code around a sentence; scores are -1, and what begins with a d is truncated on its way to English. */
    private SentenceRoute leg() {
        return (sentences, pair, options, request) -> {
            legs.add(new Leg(pair, options, sentences));
            Map<String, CompletableFuture<Translation>> translations = new LinkedHashMap<>();
            sentences.forEach((sentence, tokens) -> translations.put(
                    sentence,
                    CompletableFuture.completedFuture(new Translation(
                            IntStream.range(0, options.nBest())
                                    .mapToObj(rank -> new Hypothesis(
                                            pair.target() + "(" + sentence + ")" + "!".repeat(rank),
                                            -1,
                                            tokens,
                                            pair.equals(FR_EN) && sentence.startsWith("d")))
                                    .toList(),
                            tokens))));
            return CompletableFuture.completedFuture(new InFlight(translations));
        };
    }

    private static RequestContext request() {
        return new RequestContext(
                Lane.INTERACTIVE, "client", Deadline.after(Duration.ofMinutes(1), Ticker.systemTicker()));
    }
}
