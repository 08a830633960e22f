package dev.dragoman.app.translation;

import dev.dragoman.inference.faithful.SentenceConstraints;
import java.util.List;

/**
 * A request that can be answered.
 *
 * @param texts at least one
 * @param form how they are all read
 * @param alternatives how many further translations of each are wanted; there are none of texts with markup
 * @param constraints what the translations of their sentences have to be
 */
public record ValidRequest(List<ValidText> texts, TextForm form, int alternatives, SentenceConstraints constraints) {
    /** A request whose translations may be anything. */
    public ValidRequest(List<ValidText> texts, TextForm form, int alternatives) {
        this(texts, form, alternatives, SentenceConstraints.NONE);
    }

    /** Code points of all texts. */
    public int characters() {
        return texts.stream().mapToInt(ValidText::characters).sum();
    }

    /** The direction of all texts, or {@code several}, or {@code none} where nothing has to be translated: the value of a metric's tag. */
    String pairTag() {
        List<String> pairs = texts.stream()
                .filter(text -> text.detection() == null || !text.detection().isUnknown())
                .map(text -> text.pair().toString())
                .distinct()
                .limit(2)
                .toList();
        return pairs.isEmpty() ? "none" : pairs.size() == 1 ? pairs.get(0) : "several";
    }
}
