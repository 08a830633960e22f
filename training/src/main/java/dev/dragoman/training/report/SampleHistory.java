package dev.dragoman.training.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sentences and their translations from the first to the last evaluation; of many evaluations some, spread over the run. */
final class SampleHistory {
    /** More are not compared by a person. */
    static final int EVALUATIONS = 24;

    private final Map<Key, Sentence> sentences = new LinkedHashMap<>();
    private final List<Long> updates = new ArrayList<>();

    private record Key(String direction, int sentence, String source) {}

    /**
     * A sentence.
     *
     * @param translations by the number of updates done
     */
    record Sentence(String direction, String source, String reference, TreeMap<Long, String> translations) {}

    void add(SampleMetrics sample) {
        if (updates.isEmpty() || updates.get(updates.size() - 1) != sample.update()) {
            thin();
            updates.add(sample.update());
        }
        sentences
                .computeIfAbsent(
                        new Key(sample.direction(), sample.sentence(), sample.source()),
                        key -> new Sentence(sample.direction(), sample.source(), sample.reference(), new TreeMap<>()))
                .translations()
                .put(sample.update(), sample.translation());
    }

    /** Makes room for one more. The first and the newest stay. */
    private void thin() {
        if (updates.size() < EVALUATIONS) {
            return;
        }
        // The one whose going leaves the smallest gap.
        int dropped = 1;
        for (int i = 2; i < updates.size() - 1; i++) {
            if (gap(i) < gap(dropped)) {
                dropped = i;
            }
        }
        long update = updates.remove(dropped);
        sentences.values().forEach(sentence -> sentence.translations().remove(update));
    }

    private long gap(int i) {
        return updates.get(i + 1) - updates.get(i - 1);
    }

    List<Sentence> sentences() {
        return List.copyOf(sentences.values());
    }
}
