package dev.dragoman.app.translation;

import dev.dragoman.inference.Segmentation;
import java.util.List;

/** A text that is one sentence, whatever is in it. */
final class WholeText implements Segmentation {
    private final String before;
    private final String sentence;
    private final String after;

    WholeText(String text) {
        sentence = text.strip();
        int start = text.length() - text.stripLeading().length();
        before = sentence.isEmpty() ? text : text.substring(0, start);
        after = sentence.isEmpty() ? "" : text.substring(start + sentence.length());
    }

    @Override
    public List<String> sentences() {
        return sentence.isEmpty() ? List.of() : List.of(sentence);
    }

    @Override
    public String join(List<String> translated) {
        if (translated.size() != sentences().size()) {
            throw new IllegalArgumentException(
                    translated.size() + " strings for " + sentences().size() + " sentences");
        }
        return before + String.join("", translated) + after;
    }
}
