package dev.dragoman.training.evaluation;

import java.util.List;

/** Words are what stands between white space: for text that is tokenised already. */
final class NoTokenizer implements WordTokenizer {
    @Override
    public String name() {
        return "none";
    }

    @Override
    public List<String> tokenize(String segment) {
        return Whitespace.split(segment);
    }
}
