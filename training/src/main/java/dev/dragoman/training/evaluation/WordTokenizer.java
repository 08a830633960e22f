package dev.dragoman.training.evaluation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Cuts a segment into the words that a metric counts. Not to be confused with a model's pieces. Thread-safe. */
public interface WordTokenizer {
    /** What a signature calls it. */
    String name();

    /** The words of a segment, which are never empty and hold no white space. */
    List<String> tokenize(String segment);

    /**
     * The tokeniser that sacreBLEU knows by a name: {@code 13a}, {@code intl}, {@code zh}, {@code char} or {@code none}.
     *
     * @throws IllegalArgumentException if there is none; the message lists those that are
     */
    static WordTokenizer named(String name) {
        Map<String, WordTokenizer> tokenizers = new TreeMap<>();
        for (WordTokenizer tokenizer : List.of(
                new Tokenizer13a(),
                new InternationalTokenizer(),
                new ChineseTokenizer(),
                new CharacterTokenizer(),
                new NoTokenizer())) {
            tokenizers.put(tokenizer.name(), tokenizer);
        }
        WordTokenizer found = tokenizers.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "there is no tokeniser '" + name + "'; there are " + String.join(", ", tokenizers.keySet()));
        }
        return found;
    }
}
