package dev.dragoman.app.sentences;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.app.fixture.FakeTicker;
import dev.dragoman.app.fixture.TestServer;
import dev.dragoman.inference.TranslationOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FairQueue queue = new FairQueue();

    @Test
    void ahead_ofAClientOfItsOwn_whateverTheOthersHave() {
        IntStream.range(0, 50).forEach(i -> add("many", 9, 10, "many", "many"));
        assertThat(queue.ahead("one", 10)).isEqualTo(10);
        assertThat(queue.ahead("one", 30)).isEqualTo(30);
        assertThat(queue.ahead("many", 10)).isEqualTo(500);
        assertThat(queue.ahead("many", 5)).isEqualTo(500);
        assertThat(queue.ahead("many", 15)).isEqualTo(750);
        add("one", 9, 10, "one");
        assertThat(queue.ahead("one", 10)).isEqualTo(10 + 20);
    }

    @Test
    void ahead_countsWhatIsTakenAndWhatIsRemoved() {
        add("a", 9, 10, "1", "2", "3");
        add("b", 9, 10, "4", "5");
        assertThat(queue.ahead("c", 100)).isEqualTo(50);
        poll(2);
        assertThat(queue.ahead("c", 100)).isEqualTo(30);
        queue.removeIf(sentence -> sentence.key().sentence().equals("3"));
        assertThat(queue.ahead("c", 100)).isEqualTo(20);
        poll(2);
        assertThat(queue.ahead("c", 100)).isZero();
    }

    @Test
    void poll_ofOneRequest_inItsOrder() {
        add("a", 9, 5, "1", "2", "3");
        assertThat(poll(4)).containsExactly("1", "2", "3");
        assertThat(queue.sentences()).isZero();
    }

    @Test
    void poll_requestsOfAClient_takeTurns() {
        add("a", 9, 10, "long 1", "long 2", "long 3", "long 4");
        assertThat(poll(2)).containsExactly("long 1", "long 2");
        add("a", 9, 10, "short");
        assertThat(poll(3)).containsExactly("short", "long 3", "long 4");
    }

    /** By tokens: for one sentence of 30 a request has three of 10. */
    @Test
    void poll_requestsOfAClient_shareByTokens() {
        add("a", 9, 30, "l1", "l2", "l3");
        add("a", 9, 10, "s1", "s2", "s3", "s4", "s5", "s6");
        assertThat(poll(8)).containsExactly("l1", "s1", "s2", "s3", "l2", "s4", "s5", "s6");
    }

    @Test
    void poll_clients_shareWhateverTheNumberOfTheirRequests() {
        IntStream.range(0, 50).forEach(i -> add("many", 9, 10, "many"));
        add("one", 9, 10, "one", "one", "one");
        assertThat(poll(6)).containsExactlyInAnyOrder("many", "many", "many", "one", "one", "one");
    }

    /** Coming back with one sentence at a time gives nobody more than a share. */
    @Test
    void poll_aClientThatComesAndGoes_isNotPreferred() {
        add("steady", 9, 10, "s", "s", "s", "s", "s", "s", "s", "s");
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            add("coming", 9, 10, "c");
            taken.addAll(poll(2));
        }
        assertThat(taken).containsOnly("s", "c");
        assertThat(taken.stream().filter("c"::equals).count()).isLessThanOrEqualTo(4);
        assertThat(taken.stream().filter("s"::equals).count()).isGreaterThanOrEqualTo(4);
    }

    /** As in an overload: for each that is taken a new one comes. */
    @Test
    void poll_aRequestOfSeveralSentences_isNotLeftBehindByThoseThatComeForEver() {
        for (int i = 0; i < 20; i++) {
            add("one", 60, 10, "early " + i);
        }
        add("one", 60, 10, "first", "second", "third");
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            taken.addAll(poll(1));
            add("one", 60, 10, "late " + i);
        }
        assertThat(taken).containsSubsequence("first", "second", "third");
        // Newcomers have their turn meanwhile.
        assertThat(taken.indexOf("late 3")).isLessThan(taken.indexOf("third"));
    }

    /** The same of clients. */
    @Test
    void poll_aClientOfSeveralRequests_isNotLeftBehindByThoseThatComeForEver() {
        add("one", 60, 10, "first");
        add("one", 60, 10, "second");
        add("one", 60, 10, "third");
        for (int i = 0; i < 20; i++) {
            add("early " + i, 60, 10, "early " + i);
        }
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            taken.addAll(poll(1));
            add("late " + i, 60, 10, "late " + i);
        }
        assertThat(taken).containsSubsequence("first", "second", "third");
    }

    @Test
    void poll_equallyFarBehind_earliestDeadlineFirst() {
        add("a", 9, 10, "patient");
        add("a", 1, 10, "urgent");
        assertThat(poll(2)).containsExactly("urgent", "patient");
    }

    @Test
    void poll_passesOverWhatDoesNotFit() {
        add("a", 9, 50, "large");
        add("a", 9, 10, "small");
        PendingSentence taken = queue.poll(sentence -> sentence.tokens() <= 10);
        assertThat(taken).isNotNull();
        assertThat(taken.key().sentence()).isEqualTo("small");
        assertThat(poll(1)).containsExactly("large");
    }

    /** In the end nothing goes before a sentence that does not fit, so that room for it comes about. */
    @Test
    void poll_whatDoesNotFit_isNotOvertakenForEver() {
        add("a", 9, 50, "large");
        int overtaken = 0;
        while (overtaken < 1000) {
            add("b", 9, 1, "small");
            if (queue.poll(sentence -> sentence.tokens() <= 10) == null) {
                break;
            }
            overtaken++;
        }
        assertThat(overtaken).isBetween(1, 200);
        assertThat(poll(1)).containsExactly("large");
    }

    @Test
    void removeIf_takesOutAndKeepsTheRest() {
        add("a", 9, 10, "1", "2");
        add("a", 9, 10, "2");
        add("b", 9, 10, "2", "3");
        assertThat(queue.removeIf(sentence -> sentence.key().sentence().equals("2")))
                .hasSize(3);
        assertThat(queue.sentences()).isEqualTo(2);
        assertThat(poll(3)).containsExactlyInAnyOrder("1", "3");
    }

    private void add(String client, int seconds, int tokens, String... texts) {
        RequestContext request =
                new RequestContext(Lane.BATCH, client, Deadline.after(Duration.ofSeconds(seconds), ticker));
        queue.add(
                request,
                List.of(texts).stream()
                        .map(text -> new PendingSentence(
                                new SentenceKey("v1", TestServer.EN_FR, TranslationOptions.GREEDY, text),
                                tokens,
                                ticker.read(),
                                request))
                        .toList());
    }

    private List<String> poll(int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            PendingSentence sentence = queue.poll(any -> true);
            if (sentence != null) {
                texts.add(sentence.key().sentence());
            }
        }
        return texts;
    }
}
