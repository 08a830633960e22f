package dev.dragoman.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleHistoryTest {
    @Test
    void add_ofManyEvaluationsSomeSpreadOverTheRun() {
        SampleHistory samples = new SampleHistory();
        for (int update = 1; update <= 1000; update++) {
            samples.add(new SampleMetrics(update, "en-fr", 0, "one", "un", "x" + update));
            samples.add(new SampleMetrics(update, "en-de", 0, "one", "eins", "y" + update));
        }
        assertThat(samples.sentences()).hasSize(2);
        for (SampleHistory.Sentence sentence : samples.sentences()) {
            List<Long> updates = new ArrayList<>(sentence.translations().keySet());
            assertThat(updates)
                    .hasSize(SampleHistory.EVALUATIONS)
                    .startsWith(1L)
                    .endsWith(1000L);
            for (int i = 1; i < updates.size(); i++) {
                assertThat(updates.get(i) - updates.get(i - 1)).isLessThan(150);
            }
        }
        assertThat(samples.sentences().get(1).translations()).containsEntry(1000L, "y1000");
    }

    @Test
    void add_anotherSentenceInTheSamePlaceIsAnother() {
        SampleHistory samples = new SampleHistory();
        samples.add(new SampleMetrics(1, "en-fr", 0, "one", "un", "x"));
        samples.add(new SampleMetrics(2, "en-fr", 0, "two", "deux", "x"));
        assertThat(samples.sentences()).hasSize(2);
    }
}
