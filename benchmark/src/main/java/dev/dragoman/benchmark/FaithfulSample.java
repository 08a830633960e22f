package dev.dragoman.benchmark;

import dev.dragoman.inference.faithful.FaithfulTranslation;
import dev.dragoman.inference.faithful.SlottedText;
import dev.dragoman.training.evaluation.Bleu;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sentences with what has to arrive in them.
 *
 * @param references one for each sentence, or none
 */
record FaithfulSample(String name, List<SlottedText> sources, List<String> references) {
    /** The sentences that have something to keep. */
    FaithfulSample withSlots() {
        int[] chosen = IntStream.range(0, sources.size())
                .filter(i -> !sources.get(i).slots().isEmpty())
                .toArray();
        return new FaithfulSample(
                name,
                IntStream.of(chosen).mapToObj(sources::get).toList(),
                IntStream.of(chosen).mapToObj(references::get).toList());
    }

    List<String> contents() {
        return sources.stream().map(SlottedText::content).toList();
    }

    /** Empty without references. */
    String bleu(List<String> texts) {
        return references.isEmpty() ? "" : Bleu.ofCorpus(texts, references).number(2);
    }

    static List<String> texts(List<FaithfulTranslation> translations) {
        return translations.stream()
                .map(translation -> translation.best().text().content())
                .toList();
    }
}
