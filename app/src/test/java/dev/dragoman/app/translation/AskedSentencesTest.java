package dev.dragoman.app.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.app.sentences.Cancellation;
import dev.dragoman.app.sentences.Deadline;
import dev.dragoman.app.sentences.Lane;
import dev.dragoman.app.sentences.RequestContext;
import dev.dragoman.app.sentences.SentenceRoute;
import dev.dragoman.app.sentences.SentenceRoute.InFlight;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AskedSentencesTest {
    private final List<Set<String>> questions = new ArrayList<>();
    private final Map<String, CompletableFuture<Translation>> answers = new LinkedHashMap<>();
    private CompletableFuture<Void> admission = CompletableFuture.completedFuture(null);
    private final RequestContext context = new RequestContext(
            Lane.INTERACTIVE, "client", Deadline.after(Duration.ofMinutes(1), Ticker.systemTicker()));
    private final AskedSentences asked = new AskedSentences(route(), TestServer.EN_FR, context);

    private SentenceRoute route() {
        return (sentences, pair, options, request) -> {
            questions.add(Set.copyOf(sentences.keySet()));
            Map<String, CompletableFuture<Translation>> own = new LinkedHashMap<>();
            sentences.keySet().forEach(sentence -> own.put(sentence, new CompletableFuture<>()));
            answers.putAll(own);
            return admission.thenApply(admitted -> new InFlight(own));
        };
    }

    private CompletableFuture<Map<String, Translation>> ask(String... sentences) {
        Map<String, Integer> tokens = new LinkedHashMap<>();
        Set.of(sentences).forEach(sentence -> tokens.put(sentence, 1));
        return asked.translate(tokens, TranslationOptions.GREEDY);
    }

    private void answer(String sentence) {
        answers.get(sentence)
                .complete(new Translation(List.of(new Translation.Hypothesis(sentence + "!", -1, 1, false)), 1));
    }

    @Test
    void translate_whatIsNewOnly() {
        CompletableFuture<Map<String, Translation>> whole = ask("one", "two");
        CompletableFuture<Map<String, Translation>> part = ask("two");
        CompletableFuture<Map<String, Translation>> more = ask("two", "three");
        assertThat(questions).containsExactly(Set.of("one", "two"), Set.of("three"));
        answer("two");
        assertThat(part.join().get("two").text()).isEqualTo("two!");
        assertThat(whole).isNotDone();
        answer("one");
        answer("three");
        assertThat(whole.join()).containsOnlyKeys("one", "two");
        assertThat(more.join()).containsOnlyKeys("two", "three");
    }

    @Test
    void translate_otherOptionsAreAnotherQuestion() {
        ask("one");
        asked.translate(Map.of("one", 1), TranslationOptions.GREEDY.withAlignments());
        assertThat(questions).hasSize(2);
    }

    @Test
    void admitted_waitsForAdmissionAndNotForAnswers() {
        admission = new CompletableFuture<>();
        CompletableFuture<Map<String, Translation>> one = ask("one");
        CompletableFuture<Void> admitted = asked.admitted();
        assertThat(admitted).isNotDone();
        admission.complete(null);
        assertThat(admitted).isCompleted();
        assertThat(one).isNotDone();
    }

    @Test
    void translate_whatIsNotAdmittedFails() {
        admission = CompletableFuture.failedFuture(new ServiceException.Overloaded(Duration.ofSeconds(1)));
        CompletableFuture<Map<String, Translation>> one = ask("one");
        assertThat(asked.admitted()).isCompletedExceptionally();
        assertThatThrownBy(one::join).hasRootCauseInstanceOf(ServiceException.Overloaded.class);
    }

    @Test
    void translate_afterTheEndAsksNothing() {
        context.end(Cancellation.CLIENT_GONE);
        assertThatThrownBy(() -> ask("one")).isInstanceOf(ServiceException.Cancelled.class);
        assertThat(questions).isEmpty();
    }
}
